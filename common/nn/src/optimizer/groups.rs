//! Which parameters decay.

use tensor::{ParameterId, Parameters};

/// Parameters with the same weight decay.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its members.
    pub parameters: Vec<ParameterId>,
    /// How much of a parameter is taken away at each update, in units of the learning rate.
    pub weight_decay: f64,
}

impl Group {
    /// Two groups: trainable matrices and embeddings, which decay, and trainable vectors, which do not.
    pub fn by_rank(parameters: &Parameters, weight_decay: f64) -> [Group; 2] {
        let trainable = parameters.iter().filter(|(_, p)| !p.is_frozen());
        let (decayed, plain): (Vec<_>, Vec<_>) = trainable.partition(|(_, p)| p.is_decayed());
        let ids = |list: Vec<(ParameterId, _)>| list.into_iter().map(|(id, _)| id).collect();
        [Group { parameters: ids(decayed), weight_decay }, Group { parameters: ids(plain), weight_decay: 0.0 }]
    }
}

/// The weight decay of each parameter, `None` for frozen ones.
#[track_caller]
pub(super) fn weight_decays(parameters: &Parameters, groups: &[Group]) -> Vec<Option<f64>> {
    let mut decays = vec![None; parameters.iter().len()];
    let mut wrong = Vec::new();
    for group in groups {
        for &id in &group.parameters {
            let parameter = parameters.get(id);
            if parameter.is_frozen() {
                wrong.push(format!("{} is frozen", parameter.name()));
            }
            if decays[id.index()].replace(group.weight_decay).is_some() {
                wrong.push(format!("{} is there twice", parameter.name()));
            }
        }
    }
    let forgotten = parameters.iter().filter(|(id, p)| !p.is_frozen() && decays[id.index()].is_none());
    wrong.extend(forgotten.map(|(_, p)| format!("{} is in none", p.name())));
    assert!(wrong.is_empty(), "every trainable parameter must be in exactly one group: {}", wrong.join(", "));
    decays
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::{Init, Initializer};

    fn parameters() -> Parameters {
        let mut parameters = Parameters::new();
        let mut init = Init::new(&mut parameters, 1);
        for (name, shape) in
            [("embedding", &[5, 3][..]), ("gain", &[3]), ("weight", &[2, 3]), ("bias", &[2]), ("fixed", &[4, 4])]
        {
            init.param(name, shape, Initializer::Constant(1.0));
        }
        parameters.freeze("fixed", true);
        parameters
    }

    #[test]
    fn matrices_decay_vectors_do_not_and_frozen_parameters_are_in_no_group() {
        let parameters = parameters();
        let decays = weight_decays(&parameters, &Group::by_rank(&parameters, 0.1));
        assert_eq!(decays, [Some(0.1), Some(0.0), Some(0.1), Some(0.0), None]);
    }

    #[test]
    #[should_panic(
        expected = "exactly one group: gain is there twice, fixed is frozen, weight is in none, bias is in none"
    )]
    fn groups_that_are_not_a_partition_are_refused_with_names() {
        let parameters = parameters();
        let id = |name| parameters.find(name).unwrap();
        let first = Group { parameters: vec![id("embedding"), id("gain")], weight_decay: 0.1 };
        let second = Group { parameters: vec![id("gain"), id("fixed")], weight_decay: 0.0 };
        weight_decays(&parameters, &[first, second]);
    }
}
