//! The weights of a network by name, read and replaced.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Tensor, TensorData},
};

use crate::Error;

/// One tensor of weights.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weights {
    /// Where it is in the network: `encoder.0.1.weight`.
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    /// In row-major order.
    pub(crate) values: Vec<f32>,
}

/// All weights of a network or another module, by ascending name.
pub(crate) async fn read<M: Module>(module: &M) -> Result<Vec<Weights>, Error> {
    let mut collector = Collector::default();
    module.valid().visit(&mut collector);
    collector.tensors.sort_by(|a, b| a.0.cmp(&b.0));
    let mut all = Vec::with_capacity(collector.tensors.len());
    for (name, shape, tensor) in collector.tensors {
        all.push(Weights { shape, ..read_tensor(name, tensor).await? });
    }
    Ok(all)
}

/// Reads one tensor.
pub(crate) async fn read_tensor<const D: usize>(name: String, tensor: Tensor<D>) -> Result<Weights, Error> {
    let shape = tensor.dims().to_vec();
    let data = tensor.into_data_async().await.map_err(Error::device)?;
    let values = data.try_into_vec_as::<f32>().map_err(Error::device)?;
    Ok(Weights { name, shape, values })
}

/// The module with other weights. Those whose name is missing in `weights`, or whose shape is another, stay as
/// they are and are returned by name; so are names that the module does not have.
pub(crate) fn replace<M: Module>(module: M, weights: Vec<Weights>) -> (M, Vec<String>) {
    let weights =
        weights.into_iter().map(|weights| (weights.name, (weights.shape, weights.values))).collect();
    let mut replacer = Replacer { path: Vec::new(), weights, misfits: Vec::new() };
    let module = module.map(&mut replacer);
    let mut misfits = replacer.misfits;
    misfits.extend(replacer.weights.into_keys());
    (module, misfits)
}

#[derive(Default)]
struct Collector {
    path: Vec<String>,
    tensors: Vec<(String, Vec<usize>, Tensor<1>)>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let (shape, length) = (tensor.dims().to_vec(), tensor.dims().iter().product::<usize>());
        self.tensors.push((self.path.join("."), shape, tensor.reshape([length])));
    }
}

struct Replacer {
    path: Vec<String>,
    weights: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
    misfits: Vec<String>,
}

impl ModuleMapper for Replacer {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.join(".");
        match self.weights.remove(&name) {
            Some((shape, values)) if shape == param.lazy_shape().to_vec() => {
                let device = param.lazy_device();
                param.map(|_| Tensor::from_data(TensorData::new(values, shape), &device))
            }
            _ => {
                self.misfits.push(name);
                param
            }
        }
    }
}
