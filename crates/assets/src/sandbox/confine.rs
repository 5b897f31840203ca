//! What the child gives up before it looks at a file, and what of that this kernel honours.

use std::{collections::BTreeMap, net::UdpSocket, process::Command};

use landlock::{ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetStatus, Scope};
use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompCmpArgLen::Dword, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule};

use super::kernel;

/// Memory of a child, in bytes: address space and data.
const MEMORY: u64 = 512 * 1024 * 1024;
/// Stack, in bytes: enough for the deepest SVG that is let in.
const STACK: u64 = 64 * 1024 * 1024;
/// Largest file, and so the largest memory file of pixels, in bytes.
const FILE: u64 = 256 * 1024 * 1024;
/// CPU seconds of one job beyond which the kernel ends the child, should the parent not be there to do it.
const CPU: u64 = 3;

/// What holds a decoding process, as it found by trying; for `/readyz?verbose`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Confinement {
    /// Memory, CPU, file and descriptor limits are set.
    pub limits: bool,
    /// No new rights by starting programs.
    pub no_new_privileges: bool,
    /// Every capability was given up.
    pub no_capabilities: bool,
    /// The file and network rules of landlock hold.
    pub landlock: bool,
    /// The list of system calls holds.
    pub seccomp: bool,
    /// Opening a file was tried and refused.
    pub files_refused: bool,
    /// Making a socket was tried and refused.
    pub sockets_refused: bool,
    /// Starting a process was tried and refused.
    pub processes_refused: bool,
}

impl Confinement {
    /// Whether all of it holds.
    pub fn is_full(&self) -> bool {
        self.to_bits() == u8::MAX
    }

    fn flags(&mut self) -> [&mut bool; 8] {
        let Self { limits, no_new_privileges, no_capabilities, landlock, seccomp, files_refused, sockets_refused, processes_refused } =
            self;
        [limits, no_new_privileges, no_capabilities, landlock, seccomp, files_refused, sockets_refused, processes_refused]
    }

    pub(super) fn to_bits(mut self) -> u8 {
        self.flags().iter().enumerate().fold(0, |bits, (at, flag)| bits | u8::from(**flag) << at)
    }

    pub(super) fn from_bits(bits: u8) -> Self {
        let mut confinement = Self::default();
        confinement.flags().into_iter().enumerate().for_each(|(at, flag)| *flag = bits >> at & 1 == 1);
        confinement
    }
}

impl Default for Confinement {
    /// Nothing holds.
    fn default() -> Self {
        Self {
            limits: false,
            no_new_privileges: false,
            no_capabilities: false,
            landlock: false,
            seccomp: false,
            files_refused: false,
            sockets_refused: false,
            processes_refused: false,
        }
    }
}

/// Gives up everything but decoding. What the kernel does not offer is reported, not fatal: limits and the parent's clock
/// still hold.
pub(super) fn confine() -> Confinement {
    let mut got = Confinement::default();
    // Let the system end a child before its parent when memory runs out.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    got.limits = limit().is_ok();
    got.no_new_privileges = rustix::thread::set_no_new_privs(true).is_ok();
    got.landlock = forbid_files().unwrap_or(false);
    let none = rustix::thread::CapabilitySet::empty();
    let sets = rustix::thread::CapabilitySets { effective: none, permitted: none, inheritable: none };
    got.no_capabilities = rustix::thread::set_capabilities(None, sets).is_ok();
    got.seccomp = filter().is_some_and(|program| seccompiler::apply_filter(&program).is_ok());
    got.files_refused = std::fs::File::open("/proc/self/status").is_err() && std::fs::File::open("/").is_err();
    got.sockets_refused = UdpSocket::bind("127.0.0.1:0").is_err();
    got.processes_refused = Command::new("/bin/true").status().is_err();
    got
}

fn limit() -> rustix::io::Result<()> {
    let fixed = |resource, value| setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) });
    fixed(Resource::As, MEMORY)?;
    fixed(Resource::Data, MEMORY)?;
    fixed(Resource::Fsize, FILE)?;
    fixed(Resource::Nofile, 16)?;
    fixed(Resource::Core, 0)?;
    // The main thread's stack grows up to what holds at the time, so this works after the start.
    let stack = getrlimit(Resource::Stack);
    setrlimit(Resource::Stack, Rlimit { current: Some(STACK), maximum: stack.maximum.map(|most| most.max(STACK)) })?;
    // As the last: it would stop the trial of new processes from meaning anything, but holds where seccomp does not.
    fixed(Resource::Nproc, 0)
}

/// Before each job: the CPU time used so far, and a job's worth.
pub(super) fn limit_cpu() -> rustix::io::Result<()> {
    setrlimit(Resource::Cpu, Rlimit { current: Some(kernel::cpu_time().as_secs() + CPU), maximum: None })
}

/// No path may be opened, no port bound or connected, no signal sent out.
fn forbid_files() -> Result<bool, landlock::RulesetError> {
    let abi = ABI::V6;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .no_new_privs(true)
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

/// The calls that decoding and answering need; all others fail as forbidden.
fn filter() -> Option<BpfProgram> {
    let is = |arg, value| SeccompCondition::new(arg, Dword, SeccompCmpOp::Eq, value).ok();
    let lacks = |arg, bits| SeccompCondition::new(arg, Dword, SeccompCmpOp::MaskedEq(bits), 0).ok();
    let rule = |conditions| SeccompRule::new(conditions).ok();
    let mut calls: BTreeMap<i64, Vec<SeccompRule>> = [
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_close,
        libc::SYS_fstat,
        libc::SYS_lseek,
        libc::SYS_recvmsg,
        libc::SYS_sendmsg,
        libc::SYS_memfd_create,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_clock_gettime,
        libc::SYS_getrandom,
        libc::SYS_sched_yield,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ]
    .into_iter()
    .map(|call| (call, Vec::new()))
    .collect();
    // Memory, but never code.
    let code = u64::from(libc::PROT_EXEC.unsigned_abs());
    calls.insert(libc::SYS_mmap, vec![rule(vec![lacks(2, code)?])?]);
    calls.insert(libc::SYS_mprotect, vec![rule(vec![lacks(2, code)?])?]);
    // Seals of memory files; F_GETFD is asked by the standard library's own checks.
    let asks = [libc::F_ADD_SEALS, libc::F_GET_SEALS, libc::F_GETFD];
    calls.insert(libc::SYS_fcntl, asks.iter().map(|ask| rule(vec![is(1, u64::from(ask.unsigned_abs()))?])).collect::<Option<_>>()?);
    // Its own CPU limit, and signals to itself (that is how `abort` ends).
    calls.insert(libc::SYS_prlimit64, vec![rule(vec![is(0, 0)?, is(1, u64::from(libc::RLIMIT_CPU))?])?]);
    calls.insert(libc::SYS_tgkill, vec![rule(vec![is(0, u64::from(std::process::id()))?])?]);
    let forbidden = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(calls, forbidden, SeccompAction::Allow, std::env::consts::ARCH.try_into().ok()?).ok()?.try_into().ok()
}
