//! A new file in the embedded folders must rebuild this crate; the compiler only watches those that it knows.

fn main() {
    #[expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
    {
        println!("cargo::rerun-if-changed=../../assets");
        println!("cargo::rerun-if-changed=build.rs");
    }
}
