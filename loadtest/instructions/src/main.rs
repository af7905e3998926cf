//! Acknowledges the same click so many times, on one thread: always the same work. `cargo xtask instructions` counts what
//! that takes.

use axum::http::StatusCode;
use instructions::{Failed, Sent, router};
use service::telemetry::LogFormat;

fn main() -> Result<(), Failed> {
    let acks: u32 = std::env::args().nth(1).ok_or("usage: instructions ACKNOWLEDGEMENTS")?.parse()?;
    service::telemetry::start(None, LogFormat::Json);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(acknowledge(acks))
}

async fn acknowledge(acks: u32) -> Result<(), Failed> {
    let (router, click) = (router()?, Sent::click()?);
    for _ in 0..acks {
        let status = click.to(&router).await?;
        if status != StatusCode::OK {
            return Err(format!("a click was answered with {status}").into());
        }
    }
    Ok(())
}
