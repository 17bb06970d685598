//! The controls and their settings.

use nn::{Controls, MinP, Order, Temperature, TopK, TopP};
use serde::{Deserialize, Serialize};

use super::language::SYMBOLS;

/// A control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Knob {
    Temperature,
    TopK,
    TopP,
    MinP,
}

impl Knob {
    pub const ALL: [Self; 4] = [Self::Temperature, Self::TopK, Self::TopP, Self::MinP];

    /// Those that the claim speaks of, with the strict setting at which they are judged.
    pub const JUDGED: [(Self, f64); 3] = [(Self::Temperature, 0.5), (Self::TopK, 2.0), (Self::TopP, 0.5)];

    pub fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::TopK => "top-k",
            Self::TopP => "top-p",
            Self::MinP => "min-p",
        }
    }

    /// From strict to loose; each has the setting at which it does nothing.
    pub fn settings(self) -> Vec<f64> {
        match self {
            Self::Temperature => vec![0.0, 0.3, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0],
            Self::TopK => vec![1.0, 2.0, 3.0, 4.0, 6.0, 8.0, SYMBOLS as f64],
            Self::TopP => vec![0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0],
            Self::MinP => vec![1.0, 0.7, 0.5, 0.3, 0.1, 0.05, 0.02, 0.0],
        }
    }

    /// This control alone at a setting, before or after a temperature if it is a filter.
    ///
    /// # Panics
    /// If there is no such setting.
    pub fn controls(self, setting: f64, temperature: f64, order: Order) -> Controls {
        let valid = "the settings are valid";
        let plain = Controls { order, ..Controls::from(Temperature::new(temperature).expect(valid)) };
        match self {
            Self::Temperature => Controls { temperature: Temperature::new(setting).expect(valid), ..plain },
            Self::TopK => Controls { top_k: Some(TopK::new(setting as usize).expect(valid)), ..plain },
            Self::TopP => Controls { top_p: Some(TopP::new(setting).expect(valid)), ..plain },
            Self::MinP => Controls { min_p: Some(MinP::new(setting).expect(valid)), ..plain },
        }
    }
}

/// The filters that are tried in both orders.
pub const FILTERS: [(Knob, f64); 3] = [(Knob::TopK, 3.0), (Knob::TopP, 0.9), (Knob::MinP, 0.1)];

/// The temperatures that they are tried with.
pub const TEMPERATURES: [f64; 5] = [0.5, 0.75, 1.0, 1.5, 2.0];

/// Those of [`TEMPERATURES`] that the criterion speaks of.
pub const HOT: f64 = 1.5;
pub const PLAIN: f64 = 1.0;

pub const ORDERS: [(Order, &str); 2] =
    [(Order::FiltersFirst, "filters first"), (Order::TemperatureFirst, "temperature first")];
