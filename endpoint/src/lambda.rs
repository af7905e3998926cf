//! Lambda's runtime interface, for one invocation: it hands one event out, takes its answer, and says nothing more, as
//! if the function had been frozen with its answer.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::eventually::PATIENCE;
use crate::payload::now;

/// How long the function is told that it has, in seconds.
const TIME_LIMIT_SECONDS: i64 = 300;

/// The runtime interface of one function.
pub struct RuntimeApi {
    address: String,
    answers: mpsc::UnboundedReceiver<String>,
    serving: JoinHandle<()>,
}

impl RuntimeApi {
    /// One that hands this event out to whoever asks first.
    pub async fn start(event: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port for the runtime interface");
        let address = listener.local_addr().expect("its address").to_string();
        let (answered, answers) = mpsc::unbounded_channel();
        let serving = tokio::spawn(async move {
            let mut event = Some(event);
            while let Ok((stream, _)) = listener.accept().await {
                let _closed = serve(stream, &mut event, &answered).await;
            }
        });
        Self { address, answers, serving }
    }

    /// What `AWS_LAMBDA_RUNTIME_API` is set to, with the others that Lambda sets.
    #[must_use]
    pub fn variables(&self) -> [(&'static str, &str); 4] {
        [
            ("AWS_LAMBDA_RUNTIME_API", self.address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "keylease"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ]
    }

    /// Waits for the function's answer, which the function never hears has arrived.
    pub async fn answer(&mut self) -> String {
        let answer = tokio::time::timeout(PATIENCE, self.answers.recv()).await;
        answer.expect("an answer in time").expect("an answer")
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Serves one connection until there is nothing more to say on it; `None` when it was closed.
async fn serve(
    mut stream: TcpStream,
    event: &mut Option<String>,
    answered: &mpsc::UnboundedSender<String>,
) -> Option<()> {
    loop {
        let (head, body) = request(&mut stream).await?;
        if head.starts_with("POST ") {
            answered.send(body).ok()?;
        } else if let Some(event) = event.take() {
            stream.write_all(invocation(&event).as_bytes()).await.ok()?;
            continue;
        }
        // The function waits here until it is ended.
        request(&mut stream).await?;
    }
}

fn invocation(event: &str) -> String {
    let deadline_ms = (now() + TIME_LIMIT_SECONDS) * 1_000;
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Lambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Deadline-Ms: {deadline_ms}\r\n\
         Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:111122223333:function:keylease\r\n\r\n{event}",
        event.len()
    )
}

/// The next request: its head, and its body, whose length or whose last chunk says where it ends.
async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut read = String::new();
    let mut buffer = [0; 4_096];
    loop {
        if let Some((head, body)) = read.split_once("\r\n\r\n")
            && is_whole(head, body)
        {
            return Some((head.to_owned(), body.to_owned()));
        }
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => read.push_str(&String::from_utf8_lossy(&buffer[..count])),
            _ => return None,
        }
    }
}

fn is_whole(head: &str, body: &str) -> bool {
    let head = head.to_ascii_lowercase();
    if head.contains("transfer-encoding: chunked") {
        return body.ends_with("0\r\n\r\n");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}
