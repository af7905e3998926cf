//! One call to AWS as it comes over the wire: which action it is, and how its service writes an error.

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// Longest request that is read.
const REQUEST_MAX_BYTES: usize = 1024 * 1024;
const CHUNK_BYTES: usize = 8 * 1024;

/// How a service writes its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    /// IAM and STS.
    Query,
    /// DynamoDB, SQS, Scheduler and SES.
    Json,
}

/// A call.
pub(super) struct Call {
    head: String,
    pub(super) body: Vec<u8>,
    pub(super) action: String,
    protocol: Protocol,
}

impl Call {
    /// Reads one; nothing where the connection ended before it was whole.
    pub(super) async fn read(client: &mut TcpStream) -> std::io::Result<Option<Self>> {
        let mut request = Vec::new();
        let body_at = loop {
            if let Some(at) = request.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if !read_more(client, &mut request).await? || request.len() > REQUEST_MAX_BYTES {
                return Ok(None);
            }
        };
        let mut body = request.split_off(body_at);
        let head = String::from_utf8_lossy(&request).into_owned();
        let length: usize =
            header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while body.len() < length.min(REQUEST_MAX_BYTES) {
            if !read_more(client, &mut body).await? {
                return Ok(None);
            }
        }
        let (protocol, action) = action(&head, &String::from_utf8_lossy(&body));
        Ok(Some(Self { head, body, action, protocol }))
    }

    /// Whether this stands in its path or its body.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.head.lines().next().unwrap_or_default().contains(text)
            || String::from_utf8_lossy(&self.body).contains(text)
    }

    /// Its head, with which the server closes the connection after its answer.
    pub(super) fn last_of_its_connection(&self) -> String {
        let lines = self.head.lines().filter(|line| !line.is_empty());
        let lines = lines.filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
        lines.chain(["Connection: close", "", ""]).collect::<Vec<_>>().join("\r\n")
    }

    /// The answer that its service gives with this error.
    pub(super) fn error(&self, status: u16, code: &str) -> String {
        let (content_type, body) = match self.protocol {
            Protocol::Query => (
                "text/xml",
                format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{code}</Message></Error></ErrorResponse>"
                ),
            ),
            Protocol::Json => {
                ("application/x-amz-json-1.0", format!(r#"{{"__type":"{code}","message":"{code}"}}"#))
            }
        };
        let length = body.len();
        format!(
            "HTTP/1.1 {status} Wrong\r\nContent-Type: {content_type}\r\nx-amzn-ErrorType: {code}\r\n\
             Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    }
}

async fn read_more(client: &mut TcpStream, into: &mut Vec<u8>) -> std::io::Result<bool> {
    let mut chunk = [0; CHUNK_BYTES];
    let read = client.read(&mut chunk).await?;
    into.extend(chunk.iter().take(read));
    Ok(read > 0)
}

fn header(head: &str, name: &str) -> Option<String> {
    let mut pairs = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    pairs.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

/// The protocol and the name of an action: in a header, in a form, or by its method and path.
fn action(head: &str, body: &str) -> (Protocol, String) {
    if let Some(target) = header(head, "x-amz-target") {
        return (Protocol::Json, target.rsplit('.').next().unwrap_or_default().to_owned());
    }
    if let Some(action) = body.split('&').find_map(|pair| pair.strip_prefix("Action=")) {
        return (Protocol::Query, action.to_owned());
    }
    let mut line = head.split(' ');
    let (method, path) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
    let named = [
        ("POST", "/schedules/", "CreateSchedule"),
        ("PUT", "/schedules/", "UpdateSchedule"),
        ("GET", "/schedules/", "GetSchedule"),
        ("DELETE", "/schedules/", "DeleteSchedule"),
        ("POST", "/v2/email/outbound-emails", "SendEmail"),
    ];
    let found = named.iter().find(|(by, at, _)| *by == method && path.starts_with(at));
    (Protocol::Json, found.map_or(String::new(), |(_, _, action)| (*action).to_owned()))
}
