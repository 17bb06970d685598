//! How a run begins: with new parameters, or with those of a trained model.

use std::path::{Path, PathBuf};

use nn::{Trainer, TrainingConfig};
use tensor::Parameters;

use super::{FREE_MEMORY, Run, SAVING, Train, check_memory, train};
use crate::kind::text::{self, TextId};
use crate::kind::validation::Validation;
use crate::kind::{Kind, judged};
use crate::run::config::{Config, Description, VERSION};
use crate::run::folder::Folder;
use crate::run::trained::{Trained, trained_on};
use crate::settings::Training;
use crate::system::interrupt;
use crate::{Common, Ending, memory};

/// What a run begins with.
struct Beginning<K: Kind> {
    stage: K::Stage,
    settings: K::Settings,
    training: Training,
    /// What the trainer is told.
    rule: TrainingConfig,
    data: K::Data,
    validation: Validation<TextId>,
    /// Where the data are, and those that judge.
    paths: [Option<PathBuf>; 2],
    tokenizers: Vec<K::Tokenizer>,
    /// Those of a trained model; none are new ones.
    parameters: Option<Parameters>,
    /// As what that was published, and its architecture.
    published: Option<(String, K::Architecture)>,
}

impl Train {
    /// With a new model.
    pub(super) fn begin<K: Kind>(&self, stage: K::Stage, common: &Common) -> anyhow::Result<Ending> {
        let flags = self.flags(stage.into());
        let (settings, training) = K::settings(stage, common.seed(), &flags, self.preset)?;
        let path = self.data::<K>(stage, &settings)?;
        flags.act(stage.into(), &settings, &training)?;
        let rule = training.config()?;
        let (data, validation) = judged::<K>(K::read(&settings, path)?, &settings, self.validation.given())?;
        let tokenizers = K::tokenizers(&settings, &data)?;
        if let Some(remark) = K::remark(&settings, &tokenizers) {
            common.progress().say(&remark);
        }
        let paths = [path.map(text::absolute), self.validation.file()];
        let (parameters, published) = (None, None);
        self.start(
            Beginning::<K> {
                stage,
                settings,
                training,
                rule,
                data,
                validation,
                paths,
                tokenizers,
                parameters,
                published,
            },
            common,
        )
    }

    /// With the model in a folder, on its own data or others.
    pub(super) fn begin_from<K: Kind>(
        &self,
        folder: &Path,
        stage: K::Stage,
        common: &Common,
    ) -> anyhow::Result<Ending> {
        let (flags, shown) = (self.flags(stage.into()), folder.display());
        let Trained { config, parameters, tokenizers, .. } = Trained::<K>::load(folder, common.progress())?;
        flags.keep(stage.into(), &config.settings, &shown.to_string(), config.published.is_some())?;
        let (settings, training) = K::settings(stage, common.seed(), &flags.with(&config.settings)?, None)?;
        let path = self.data::<K>(stage, &settings)?;
        flags.act(stage.into(), &settings, &training)?;
        let rule = training.config()?;
        let given = self.validation.given();
        let (data, validation, paths) = match path {
            Some(path) => {
                let (data, validation) = judged::<K>(K::read(&settings, Some(path))?, &settings, given)?;
                (data, validation, [Some(text::absolute(path)), self.validation.file()])
            }
            None => {
                let (data, [path, judge]) = trained_on(folder, &config, common.progress())?;
                match given {
                    Some(given) => {
                        let (data, validation) = judged::<K>(data, &settings, Some(given))?;
                        (data, validation, [path, self.validation.file()])
                    }
                    None => (data, config.validation, [path, judge]),
                }
            }
        };
        common.progress().say(&format!("begins with the parameters and tokenizers of {shown}"));
        let parameters = Some(parameters);
        let published = config.published.map(|family| (family, K::further(&config.model, &settings)));
        self.start(
            Beginning::<K> {
                stage,
                settings,
                training,
                rule,
                data,
                validation,
                paths,
                tokenizers,
                parameters,
                published,
            },
            common,
        )
    }

    fn start<K: Kind>(&self, beginning: Beginning<K>, common: &Common) -> anyhow::Result<Ending> {
        let Beginning { stage, settings, training, rule, data, validation, paths, tokenizers, parameters, published } =
            beginning;
        let (published, model) = match published {
            Some((family, model)) => (Some(family), model),
            None => {
                let vocabularies: Vec<usize> = tokenizers.iter().map(K::size).collect();
                (None, K::architecture(stage, &settings, &training, &vocabularies)?)
            }
        };
        // A trained model keeps its sizes, so no flag makes it smaller.
        let [smaller_model, smaller_run] = match parameters {
            Some(_) => {
                [FREE_MEMORY, "give a smaller --batch, with --accumulate to make up for it, or use a machine with more"]
            }
            None => [
                "give a smaller --width, fewer --layers or a smaller vocabulary",
                "give a smaller --batch, with --accumulate to make up for it, a shorter --context, a smaller vocabulary, or a \
                 smaller --width",
            ],
        };
        // With gradients and moments.
        memory::check_size(K::parameter_count(&model), 4.0, smaller_model)?;
        let version = Some(VERSION.to_owned());
        let text = K::id(&data);
        let [text_path, validation_path] = paths;
        let description = Description {
            config: Config::<K> { version, published, model, settings, training, text, validation },
            tokenizers: tokenizers.iter().map(K::to_json).collect(),
            text_path,
            validation_path,
        };
        let word_rule = K::word_rule(&tokenizers);
        let material = description.config.material(tokenizers, &data)?;
        let (model, parameters) = match parameters {
            None => K::build(&description.config.model, common.seed())?,
            Some(trained) => with_numbers(K::unset(&description.config.model)?, &trained),
        };
        let Training { patience, .. } = description.config.training;
        let kept = if patience.is_some() { 3.0 } else { 2.0 } * memory::numbers(parameters.count());
        let memory = check_memory(&model, &parameters, &description.config.training, &material, (kept, smaller_run))?;

        // Nothing is written before all that the user gave is known to be good; from here on a signal is the training's.
        interrupt::flag(SAVING);
        let folder = match &self.out {
            Some(path) => Folder::create(path)?,
            None => Folder::unused(stage)?,
        };
        let trainer = Trainer::new(&model, parameters, rule);
        train(trainer, Run::<K> { folder, description, material, rule: word_rule, memory }, common.progress())
    }
}

/// A model with the numbers of those parameters of a trained one that it has.
fn with_numbers<M>((model, mut parameters): (M, Parameters), trained: &Parameters) -> (M, Parameters) {
    let known: Vec<_> = parameters.iter().filter_map(|(id, own)| Some((id, trained.find(own.name())?))).collect();
    for (id, other) in known {
        parameters.set(id, trained.get(other).value().clone());
    }
    (model, parameters)
}
