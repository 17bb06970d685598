//! Rotary positions, as configurations describe them.

use transformer::{Pairing, Rotary, RotaryScaling};

use crate::error::Error;
use crate::json::Config;

/// The rotary positions of heads of which `share` of `width` numbers are turned, unless the file says otherwise.
///
/// Older files have `rope_theta` and `rope_scaling`, newer ones `rope_parameters` with all of it.
pub(super) fn rotary(config: &Config, width: usize, share: f64, context: usize) -> Result<Rotary, Error> {
    let newer = config.object(&["rope_parameters"])?;
    let scaling = match &newer {
        Some(_) => newer.clone(),
        None => config.object(&["rope_scaling"])?,
    };
    let of_newer = |name: &str| newer.as_ref().map_or(Ok(None), |newer| newer.positive(&[name]));
    let base = match of_newer("rope_theta")? {
        Some(base) => base,
        None => config.positive(&["rope_theta", "rotary_emb_base"])?.unwrap_or(10_000.0),
    };
    let share = match of_newer("partial_rotary_factor")? {
        Some(share) => share,
        None => config.share(&["partial_rotary_factor", "rotary_pct"])?.unwrap_or(share),
    };
    let dimensions = (share * width as f64) as usize;
    let scaling = scaling.map_or(Ok(None), |settings| self::scaling(&settings, context))?;
    Ok(Rotary { dimensions, base, pairing: Pairing::Halves, scaling })
}

#[derive(Clone, Copy)]
enum Kind {
    Plain,
    Linear,
    Dynamic,
    Llama3,
    Yarn,
}

const KINDS: [(&str, Kind); 5] = [
    ("default", Kind::Plain),
    ("linear", Kind::Linear),
    ("dynamic", Kind::Dynamic),
    ("llama3", Kind::Llama3),
    ("yarn", Kind::Yarn),
];

fn scaling(settings: &Config, context: usize) -> Result<Option<RotaryScaling>, Error> {
    let Some(kind) = settings.choice(&["rope_type", "type"], &KINDS)? else { return Ok(None) };
    let factor = || settings.required(&["factor"], Config::positive);
    let original = settings.size(&["original_max_position_embeddings"])?.unwrap_or(context);
    Ok(match kind {
        Kind::Plain => None,
        Kind::Linear => Some(RotaryScaling::Linear { factor: factor()? }),
        Kind::Dynamic => Some(RotaryScaling::Dynamic { factor: factor()?, context: original }),
        Kind::Llama3 => Some(RotaryScaling::Llama3 {
            factor: factor()?,
            low: settings.required(&["low_freq_factor"], Config::positive)?,
            high: settings.required(&["high_freq_factor"], Config::positive)?,
            context: original,
        }),
        Kind::Yarn => {
            let factor = factor()?;
            Some(RotaryScaling::Yarn {
                factor,
                fast: settings.positive(&["beta_fast"])?.unwrap_or(32.0),
                slow: settings.positive(&["beta_slow"])?.unwrap_or(1.0),
                rounded: settings.flag(&["truncate"])?.unwrap_or(true),
                growth: growth(settings, factor)?,
                context: original,
            })
        }
    })
}

/// What YaRN multiplies queries and keys with (Peng et al. 2023, equation 22, and the variant of DeepSeek-V2 with two
/// further settings, of which one alone, or one of 0, is none).
fn growth(settings: &Config, factor: f64) -> Result<f64, Error> {
    if let Some(growth) = settings.positive(&["attention_factor"])? {
        return Ok(growth);
    }
    let of = |scale: f64| if factor > 1.0 { 0.1 * scale * factor.ln() + 1.0 } else { 1.0 };
    Ok(match (settings.not_negative(&["mscale"])?, settings.not_negative(&["mscale_all_dim"])?) {
        (Some(scale), Some(all)) if scale > 0.0 && all > 0.0 => of(scale) / of(all),
        _ => of(1.0),
    })
}

/// How many tokens a model reads: with a dynamic scaling as many times more as its factor says.
pub(super) fn context(rotary: &Rotary, context: usize) -> usize {
    match rotary.scaling {
        Some(RotaryScaling::Dynamic { factor, context }) => (factor * context as f64) as usize,
        _ => context,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers are those of transformers 5.24 and 4.57, `ROPE_INIT_FUNCTIONS["yarn"]`, for a factor of 4.
    #[test]
    fn queries_and_keys_grow_by_both_factors_or_by_neither() {
        let growth = |settings: &str| {
            let settings = Config::parse("config.json".as_ref(), settings.as_bytes()).unwrap();
            growth(&settings, 4.0).map_err(|error| error.to_string())
        };
        for (settings, expected) in [
            (r#"{}"#, 1.138629),
            (r#"{"mscale": 2.0, "mscale_all_dim": 0.5}"#, 1.194465),
            (r#"{"mscale": 0.707, "mscale_all_dim": 0.707}"#, 1.0), // DeepSeek-V2
            (r#"{"mscale": 2.0}"#, 1.138629),
            (r#"{"mscale_all_dim": 0.5}"#, 1.138629),
            (r#"{"mscale": 2.0, "mscale_all_dim": 0}"#, 1.138629),
            (r#"{"mscale": 2.0, "mscale_all_dim": 0.5, "attention_factor": 1.5}"#, 1.5),
        ] {
            let found = growth(settings).unwrap();
            assert!((found - expected).abs() < 1e-6, "{settings}: {found}");
        }
        let error = growth(r#"{"mscale": -1.0, "mscale_all_dim": 1.0}"#).unwrap_err();
        assert!(error.contains("`mscale`") && error.contains("at least 0"), "{error}");
    }
}
