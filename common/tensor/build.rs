//! Chooses the element type: `LINEAGE_REAL=f64` compiles the whole workspace in double precision.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(real_f64)");
    println!("cargo::rerun-if-env-changed=LINEAGE_REAL");
    match std::env::var("LINEAGE_REAL").as_deref() {
        Err(_) | Ok("f32") => {}
        Ok("f64") => println!("cargo::rustc-cfg=real_f64"),
        Ok(other) => panic!("LINEAGE_REAL is `{other}`; it must be f32 (the default) or f64"),
    }
}
