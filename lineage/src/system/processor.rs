//! Whether this processor has what the program was built for.
//!
//! The workspace is built with `target-cpu=native`, so a program that was built on one machine may hold instructions that
//! another of the same kind lacks. It would die of the first of them without a word.

/// What the program was built for and this processor lacks, as a sentence with the way out; nothing if it lacks nothing.
/// To be asked before anything else runs.
#[cfg(target_arch = "x86_64")]
pub fn complaint() -> Option<String> {
    use raw_cpuid::CpuId;

    let cpu = CpuId::new();
    let (basic, extended) = (cpu.get_feature_info(), cpu.get_extended_feature_info());
    let (basic, extended) = (basic.as_ref(), extended.as_ref());
    let needed = [
        ("SSE4.2", cfg!(target_feature = "sse4.2"), basic.is_some_and(|cpu| cpu.has_sse42())),
        ("AVX", cfg!(target_feature = "avx"), basic.is_some_and(|cpu| cpu.has_avx())),
        ("FMA", cfg!(target_feature = "fma"), basic.is_some_and(|cpu| cpu.has_fma())),
        ("AVX2", cfg!(target_feature = "avx2"), extended.is_some_and(|cpu| cpu.has_avx2())),
        ("BMI2", cfg!(target_feature = "bmi2"), extended.is_some_and(|cpu| cpu.has_bmi2())),
        ("AVX512F", cfg!(target_feature = "avx512f"), extended.is_some_and(|cpu| cpu.has_avx512f())),
        ("AVX512DQ", cfg!(target_feature = "avx512dq"), extended.is_some_and(|cpu| cpu.has_avx512dq())),
        ("AVX512BW", cfg!(target_feature = "avx512bw"), extended.is_some_and(|cpu| cpu.has_avx512bw())),
        ("AVX512VL", cfg!(target_feature = "avx512vl"), extended.is_some_and(|cpu| cpu.has_avx512vl())),
        ("AVX512IFMA", cfg!(target_feature = "avx512ifma"), extended.is_some_and(|cpu| cpu.has_avx512_ifma())),
        ("AVX512VBMI", cfg!(target_feature = "avx512vbmi"), extended.is_some_and(|cpu| cpu.has_avx512vbmi())),
        ("AVX512VNNI", cfg!(target_feature = "avx512vnni"), extended.is_some_and(|cpu| cpu.has_avx512vnni())),
    ];
    sentence(&needed)
}

/// Elsewhere than on x86-64 a native build has no way to ask.
#[cfg(not(target_arch = "x86_64"))]
pub fn complaint() -> Option<String> {
    sentence(&[])
}

/// By name, whether the program was built for it, and whether it is there.
fn sentence(needed: &[(&str, bool, bool)]) -> Option<String> {
    let missing: Vec<&str> =
        needed.iter().filter(|(_, built_for, there)| *built_for && !there).map(|(name, ..)| *name).collect();
    (!missing.is_empty()).then(|| {
        format!(
            "this program was built for another processor, and this one lacks {}: build it here by `cargo build --release`, or \
             anywhere by `cargo portable`, which runs on every x86-64 processor with AVX2",
            missing.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_and_nothing_else() {
        let needed = [("AVX2", true, true), ("AVX512F", true, false), ("FMA", false, false), ("VNNI", true, false)];
        let sentence = sentence(&needed).unwrap();
        assert!(sentence.contains("lacks AVX512F, VNNI: build it here"), "{sentence}");
        assert!(!sentence.contains("FMA"));
    }

    #[test]
    fn the_machine_that_built_it_has_everything() {
        assert_eq!(complaint(), None);
    }
}
