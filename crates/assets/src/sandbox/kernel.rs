//! The few calls of the system that need `unsafe`.
#![expect(unsafe_code, reason = "mapping memory, closing descriptors and reading the CPU clock have no safe wrapper here")]

use std::{io, os::fd::BorrowedFd, ptr::NonNull, slice, time::Duration};

use rustix::{
    fs::{SealFlags, fcntl_get_seals, fstat},
    mm::{MapFlags, ProtFlags, mmap, munmap},
};

/// A memory file that nobody can change any more, mapped for reading.
pub(super) struct Mapping {
    start: NonNull<u8>,
    len: usize,
}

impl Mapping {
    /// Maps `len` bytes of a memory file, which must be exactly that long and sealed against writing and resizing.
    ///
    /// # Errors
    /// A file that is not so, or a system without memory to map it.
    pub(super) fn of_sealed(file: BorrowedFd<'_>, len: usize) -> io::Result<Self> {
        let sealed = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE;
        // Only memory files know these seals, so this refuses every other kind of descriptor too.
        if !fcntl_get_seals(file)?.contains(sealed) {
            return Err(io::Error::other("the memory file is not sealed"));
        }
        if len == 0 || u64::try_from(fstat(file)?.st_size) != Ok(len as u64) {
            return Err(io::Error::other("the memory file has another size"));
        }
        // SAFETY: the kernel chooses a fresh range. The file is sealed, so the bytes never change and never go away while
        // they are mapped: shared references to them are sound.
        let start = unsafe { mmap(std::ptr::null_mut(), len, ProtFlags::READ, MapFlags::SHARED | MapFlags::POPULATE, file, 0)? };
        let start = NonNull::new(start.cast()).ok_or_else(|| io::Error::other("mapped at zero"))?;
        Ok(Self { start, len })
    }
}

impl AsRef<[u8]> for Mapping {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: `start` is `len` readable bytes until `drop`, and the seals keep anyone from changing them.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range was mapped by `of_sealed` and no reference outlives `self`.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), self.len) };
        debug_assert!(unmapped.is_ok(), "a range that was mapped can be unmapped");
    }
}

// SAFETY: the memory is read-only and not tied to a thread.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

/// Closes every descriptor but the three standard ones: the child wants nothing that it happened to inherit.
pub(super) fn close_inherited() -> io::Result<()> {
    // SAFETY: called first in a fresh process, where nothing of ours owns a descriptor above 2 yet.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
    if closed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// CPU time that this process has used.
pub(super) fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid place for the answer.
    let answer = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    if answer == 0 { Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0)) } else { Duration::ZERO }
}
