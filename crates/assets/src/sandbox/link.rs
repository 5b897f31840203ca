//! Messages between parent and child: small, of fixed size, with at most one memory file each, over a socket that keeps
//! their borders.

use std::{
    io::{self, IoSlice, IoSliceMut, Write},
    mem::MaybeUninit,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    time::Duration,
};

use render::{PictureError, codec::Kind};
use rustix::{
    fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create},
    io::Errno,
    net::{
        AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer, SendAncillaryMessage,
        SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
        sockopt::{Timeout, set_socket_timeout},
    },
};

use super::{
    confine::Confinement,
    job::{Facts, Need, Task},
};

/// Longest message.
const MAX: usize = 32;

/// One end of the socket.
pub(super) struct Link(OwnedFd);

impl Link {
    /// Both ends; neither is inherited by accident.
    pub(super) fn pair() -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        Ok((Self(ours), theirs))
    }

    pub(super) fn new(socket: OwnedFd) -> Self {
        Self(socket)
    }

    /// How long `receive` waits.
    pub(super) fn patience(&self, patience: Duration) -> io::Result<()> {
        Ok(set_socket_timeout(&self.0, Timeout::Recv, Some(patience))?)
    }

    pub(super) fn send(&self, message: &[u8], file: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let files = file.map(|file| [file]);
        if let Some(files) = &files {
            control.push(SendAncillaryMessage::ScmRights(files));
        }
        let sent = retry(|| sendmsg(&self.0, &[IoSlice::new(message)], &mut control, SendFlags::NOSIGNAL))?;
        if sent == message.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
    }

    /// The next message and its file; an ended socket is `UnexpectedEof`.
    pub(super) fn receive(&self) -> io::Result<(Vec<u8>, Option<OwnedFd>)> {
        let mut message = [0; MAX];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let got = retry(|| recvmsg(&self.0, &mut [IoSliceMut::new(&mut message)], &mut control, RecvFlags::CMSG_CLOEXEC))?;
        let mut file = None;
        for part in control.drain() {
            if let RecvAncillaryMessage::ScmRights(files) = part {
                file = files.last();
            }
        }
        if got.bytes == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if got.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC) {
            return Err(io::Error::other("the message is too long"));
        }
        Ok((message[..got.bytes].to_vec(), file))
    }
}

fn retry<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            other => return other,
        }
    }
}

/// Puts bytes into a memory file that nobody can change after.
pub(super) fn seal(bytes: &[u8]) -> io::Result<OwnedFd> {
    let file = std::fs::File::from(memfd_create("picture", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?);
    (&file).write_all(bytes)?;
    fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL)?;
    Ok(file.into())
}

/// What the parent asks: the task, and how many bytes its memory file has.
pub(super) struct Request {
    pub(super) task: Task,
    pub(super) len: u32,
}

impl Request {
    pub(super) fn encode(&self) -> Vec<u8> {
        let (code, need) = match self.task {
            Task::Decode(need) => (u8::from(need.contain), need),
            Task::Check => (2, Need::cover(0, 0)),
            Task::Font => (3, Need::cover(0, 0)),
        };
        [&[code][..], &need.width.to_le_bytes(), &need.height.to_le_bytes(), &self.len.to_le_bytes()].concat()
    }

    pub(super) fn decode(message: &[u8]) -> Option<Self> {
        let (&code, numbers) = message.split_first()?;
        let [width, height, len] = numbers_of(numbers)?;
        let task = match code {
            0 => Task::Decode(Need::cover(width, height)),
            1 => Task::Decode(Need::contain(width, height)),
            2 => Task::Check,
            3 => Task::Font,
            _ => return None,
        };
        Some(Self { task, len })
    }
}

/// What the child answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// First of all, unasked.
    Ready(Confinement),
    /// With a memory file of `width * height * 4` bytes.
    Decoded {
        width: u32,
        height: u32,
        source_width: u32,
        source_height: u32,
        opaque: bool,
    },
    Checked(Facts),
    Failed(PictureError),
    /// With a memory file of `len` bytes.
    Cleaned {
        len: u32,
    },
}

const KINDS: [Kind; 5] = [Kind::Png, Kind::Jpeg, Kind::Webp, Kind::Gif, Kind::Svg];

impl Reply {
    pub(super) fn encode(&self) -> Vec<u8> {
        let (code, detail, numbers) = match *self {
            Self::Ready(confinement) => (0, confinement.to_bits(), [0; 4]),
            Self::Decoded { width, height, source_width, source_height, opaque } => {
                (1, u8::from(opaque), [width, height, source_width, source_height])
            }
            Self::Checked(Facts { kind, width, height }) => {
                (2, KINDS.iter().position(|&other| other == kind).unwrap_or(0) as u8, [width, height, 0, 0])
            }
            Self::Failed(error) => (3, u8::from(error == PictureError::TooLarge), [0; 4]),
            Self::Cleaned { len } => (4, 0, [len, 0, 0, 0]),
        };
        let mut message = vec![code, detail];
        numbers.iter().for_each(|number: &u32| message.extend(number.to_le_bytes()));
        message
    }

    /// The child may have been taken over by what it decoded: nothing that it says is believed without a look.
    pub(super) fn decode(message: &[u8]) -> Option<Self> {
        let [code, detail, ..] = *message else { return None };
        let [width, height, source_width, source_height] = numbers_of(&message[2..])?;
        Some(match code {
            0 => Self::Ready(Confinement::from_bits(detail)),
            1 => Self::Decoded { width, height, source_width, source_height, opaque: detail == 1 },
            2 => Self::Checked(Facts { kind: *KINDS.get(usize::from(detail))?, width, height }),
            3 => Self::Failed(if detail == 1 { PictureError::TooLarge } else { PictureError::DecodeFailed }),
            4 => Self::Cleaned { len: width },
            _ => return None,
        })
    }
}

fn numbers_of<const N: usize>(bytes: &[u8]) -> Option<[u32; N]> {
    let (chunks, rest) = bytes.as_chunks::<4>();
    let numbers: [[u8; 4]; N] = chunks.try_into().ok()?;
    rest.is_empty().then(|| numbers.map(u32::from_le_bytes))
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::kernel::Mapping;

    #[test]
    fn messages_read_back_what_was_said() {
        for task in [Task::Check, Task::Font, Task::Decode(Need::cover(1, u32::MAX)), Task::Decode(Need::contain(7, 9))] {
            let read = Request::decode(&Request { task, len: 77 }.encode()).expect("a request");
            assert_eq!((read.len, read.task), (77, task));
        }
        let all = Confinement::from_bits(u8::MAX);
        let replies = [
            Reply::Ready(all),
            Reply::Decoded { width: 1, height: 2, source_width: 3, source_height: u32::MAX, opaque: true },
            Reply::Checked(Facts { kind: Kind::Svg, width: 4, height: 5 }),
            Reply::Failed(PictureError::TooLarge),
            Reply::Failed(PictureError::DecodeFailed),
            Reply::Cleaned { len: 99 },
        ];
        for reply in replies {
            let message = reply.encode();
            assert!(message.len() <= MAX);
            assert_eq!(Reply::decode(&message), Some(reply));
        }
    }

    #[test]
    fn nonsense_is_no_message() {
        for length in 0..MAX {
            assert!(Request::decode(&vec![9; length]).is_none());
            assert!(Reply::decode(&vec![9; length]).is_none());
            assert!(length == 13 || Request::decode(&vec![0; length]).is_none());
            assert!(length == 18 || Reply::decode(&vec![0; length]).is_none());
        }
        assert!(Reply::decode(&[[2, 5].as_slice(), &[0; 16]].concat()).is_none());
    }

    #[test]
    fn a_sealed_file_crosses_the_socket_and_is_mapped() {
        let (ours, theirs) = Link::pair().expect("a socket");
        let theirs = Link::new(theirs);
        let file = seal(b"pixels").expect("sealed");
        ours.send(b"hello", Some(file.as_fd())).expect("sent");
        let (message, received) = theirs.receive().expect("received");
        assert_eq!(message, b"hello");
        let received = received.expect("a file");
        assert_eq!(Mapping::of_sealed(received.as_fd(), 6).expect("mapped").as_ref(), b"pixels");
        assert!(Mapping::of_sealed(received.as_fd(), 7).is_err());
        assert!(Mapping::of_sealed(received.as_fd(), 5).is_err());
        drop(ours);
        assert_eq!(theirs.receive().expect_err("ended").kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn only_sealed_memory_is_mapped() {
        let unsealed = memfd_create("x", MemfdFlags::ALLOW_SEALING).expect("a file");
        rustix::fs::ftruncate(&unsealed, 4).expect("grown");
        assert!(Mapping::of_sealed(unsealed.as_fd(), 4).is_err());
        let file = tempfile::tempfile().expect("a file");
        file.set_len(4).expect("grown");
        assert!(Mapping::of_sealed(file.as_fd(), 4).is_err());
    }

    #[test]
    fn silence_ends_with_patience() {
        let (ours, _theirs) = Link::pair().expect("a socket");
        ours.patience(Duration::from_millis(20)).expect("set");
        assert_eq!(ours.receive().expect_err("nothing").kind(), io::ErrorKind::WouldBlock);
    }
}
