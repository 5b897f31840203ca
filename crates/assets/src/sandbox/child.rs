//! The decoding process: the hidden subcommand `decode-worker`.

use std::{
    io,
    os::fd::{AsFd as _, OwnedFd},
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use render::PictureError;

use super::{
    confine,
    job::{self, Done},
    kernel::{self, Mapping},
    link::{Link, Reply, Request, seal},
};

/// Serves the parent on standard input until it hangs up. Call it first in `main`, before threads, settings or logging:
/// it closes every other descriptor and gives up all rights.
pub fn run() -> ExitCode {
    match serve() {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    }
}

fn serve() -> io::Result<()> {
    kernel::close_inherited()?;
    // What a hostile file makes a decoder say is nobody's concern.
    std::panic::set_hook(Box::new(|_| {}));
    let link = Link::new(io::stdin().as_fd().try_clone_to_owned()?);
    link.send(&Reply::Ready(confine::confine()).encode(), None)?;
    loop {
        let (message, file) = link.receive()?;
        confine::limit_cpu()?;
        let (reply, pixels) = answer(&message, file).unwrap_or_else(|error| (Reply::Failed(error), None));
        link.send(&reply.encode(), pixels.as_ref().map(|file| file.as_fd()))?;
    }
}

fn answer(message: &[u8], file: Option<OwnedFd>) -> Result<(Reply, Option<OwnedFd>), PictureError> {
    let broken = |_: io::Error| PictureError::DecodeFailed;
    let (Some(request), Some(file)) = (Request::decode(message), file) else { return Err(PictureError::DecodeFailed) };
    let bytes = Mapping::of_sealed(file.as_fd(), request.len as usize).map_err(broken)?;
    // A decoder's panic is one failed picture. Its state went with it.
    let done = catch_unwind(AssertUnwindSafe(|| job::run(request.task, bytes.as_ref()))).unwrap_or(Err(PictureError::DecodeFailed))?;
    Ok(match done {
        Done::Checked(facts) => (Reply::Checked(facts), None),
        Done::Cleaned(sfnt) => {
            let len = u32::try_from(sfnt.len()).map_err(|_| PictureError::TooLarge)?;
            (Reply::Cleaned { len }, Some(seal(&sfnt).map_err(broken)?))
        }
        Done::Decoded(picture) => {
            let pixels = seal((*picture.pixels).as_ref()).map_err(broken)?;
            let reply = Reply::Decoded {
                width: picture.width,
                height: picture.height,
                source_width: picture.source_width,
                source_height: picture.source_height,
                opaque: picture.opaque,
            };
            (reply, Some(pixels))
        }
    })
}
