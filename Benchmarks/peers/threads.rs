// An echo server for the chat protocol over Rust's standard library, a thread a connection: threads PORT
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;

const QUESTION: u8 = 1;
const ANSWER: u8 = 2;
const LIMIT: usize = 65536;
const BACKLOG: i32 = 4096;

extern "C" {
    fn listen(descriptor: i32, backlog: i32) -> i32;
}

fn converse(mut stream: TcpStream) -> std::io::Result<()> {
    let mut buffer = vec![0u8; 4096];
    let mut end = 0;
    loop {
        if end == buffer.len() {
            buffer.resize((2 * end).min(2 * (4 + LIMIT)), 0);
        }
        let count = stream.read(&mut buffer[end..])?;
        if count == 0 {
            return Ok(());
        }
        end += count;
        let mut at = 0;
        let mut over = false;
        while end - at >= 4 {
            let length = u32::from_be_bytes([buffer[at], buffer[at + 1], buffer[at + 2], buffer[at + 3]]) as usize;
            over = length == 0 || length > LIMIT;
            if over || end - at < 4 + length {
                break;
            }
            over = buffer[at + 4] != QUESTION;
            if over {
                break;
            }
            buffer[at + 4] = ANSWER;
            at += 4 + length;
        }
        stream.write_all(&buffer[..at])?;
        if over {
            return Ok(());
        }
        buffer.copy_within(at..end, 0);
        end -= at;
    }
}

fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    // The standard library asks for a backlog of 128 and has no way to choose; of 10,000 clients that come at once, most
    // would wait for their SYN to be sent again. The other servers have 4096.
    if unsafe { listen(listener.as_raw_fd(), BACKLOG) } < 0 {
        return Err(std::io::Error::last_os_error());
    }
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        stream.set_nodelay(true)?;
        // A conversation needs little of a stack, and there may be 10,000 of them.
        std::thread::Builder::new().stack_size(64 * 1024).spawn(move || {
            let _ = converse(stream);
        })?;
    }
    Ok(())
}
