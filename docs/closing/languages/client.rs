//! How a client closes in Rust. Usage: client STRATEGY HOST PORT
//!
//! The standard library has no SO_LINGER, no SO_REUSEADDR and no bind() for a client (Rust 1.8x); the crate socket2 has all
//! three. Here they are called as in C, so that nothing needs to be installed.
use std::ffi::{c_int, c_void};
use std::io::{Read, Result, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::fd::{AsRawFd, FromRawFd};

const AF_INET: c_int = 2;
const SOCK_STREAM: c_int = 1;
const SOL_SOCKET: c_int = 1;
const SO_REUSEADDR: c_int = 2;
const SO_LINGER: c_int = 13;

unsafe extern "C" {
    fn socket(family: c_int, kind: c_int, protocol: c_int) -> c_int;
    fn setsockopt(socket: c_int, level: c_int, name: c_int, value: *const c_void, size: u32) -> c_int;
    fn bind(socket: c_int, address: *const c_void, size: u32) -> c_int;
    fn connect(socket: c_int, address: *const c_void, size: u32) -> c_int;
}

fn checked(result: c_int) -> Result<c_int> {
    if result < 0 { Err(std::io::Error::last_os_error()) } else { Ok(result) }
}

fn set<T>(socket: c_int, name: c_int, value: T) -> Result<c_int> {
    let pointer = &value as *const T as *const c_void;
    checked(unsafe { setsockopt(socket, SOL_SOCKET, name, pointer, size_of::<T>() as u32) })
}

/// A struct sockaddr_in.
fn address(ip: Ipv4Addr, port: u16) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..2].copy_from_slice(&(AF_INET as u16).to_ne_bytes());
    bytes[2..4].copy_from_slice(&port.to_be_bytes());
    bytes[4..8].copy_from_slice(&ip.octets());
    bytes
}

fn from_port(port: u16, server: SocketAddr) -> Result<TcpStream> {
    let SocketAddr::V4(server) = server else { panic!("IPv4 only") };
    unsafe {
        let raw = checked(socket(AF_INET, SOCK_STREAM, 0))?;
        let peer = TcpStream::from_raw_fd(raw);
        // Before bind(); the socket before this one must have had it too.
        set(raw, SO_REUSEADDR, 1 as c_int)?;
        let local = address(Ipv4Addr::UNSPECIFIED, port);
        checked(bind(raw, local.as_ptr().cast(), 16))?;
        let remote = address(*server.ip(), server.port());
        checked(connect(raw, remote.as_ptr().cast(), 16))?;
        Ok(peer)
    }
}

/// read() returns 0 at the end of the stream: the peer's FIN.
fn drain(peer: &mut TcpStream) -> Result<()> {
    std::io::copy(peer, &mut std::io::sink()).map(|_| ())
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let (strategy, server) = (arguments[1].as_str(), format!("{}:{}", arguments[2], arguments[3]));
    let server = server.to_socket_addrs()?.next().expect("an address");
    // TcpStream::connect() calls no bind(): connect() takes an ephemeral port.
    let mut peer = if strategy == "explicit-port" { from_port(5000, server)? } else { TcpStream::connect(server)? };
    // Not writeln!(), which sends the line in pieces.
    peer.write_all(format!("{strategy}\n").as_bytes())?;
    peer.read(&mut [0; 64])?;

    match strategy {
        "passive" => drain(&mut peer)?,
        "reset" => {
            set(peer.as_raw_fd(), SO_LINGER, [1 as c_int, 0])?;
        }
        _ => {
            peer.shutdown(Shutdown::Write)?;
            drain(&mut peer)?;
        }
    }
    // Dropping it is close(), whose error nobody sees.
    Ok(())
}
