//! A new file in the embedded folders must rebuild this crate; the compiler only watches those that it knows.

fn main() {
    println!("cargo::rerun-if-changed=../../assets");
    println!("cargo::rerun-if-changed=build.rs");
}
