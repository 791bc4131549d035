//! What finite differences say of gradients, for tests.

use burn::{
    module::{Module, ModuleVisitor, Param},
    optim::GradientsParams,
    tensor::Tensor,
};
use pollster::block_on;

use crate::{UNet, weights};

/// How far the gradients of a network that is trained are from those of `objective`, relative to these: in all weights
/// together. At least `large` of them have to be larger than 0.001.
pub(crate) fn relative_error(
    network: &UNet,
    gradients: GradientsParams,
    large: usize,
    objective: impl Fn(&UNet) -> f64,
) -> f64 {
    let mut given = Gradients { gradients, path: Vec::new(), named: Vec::new() };
    network.visit(&mut given);
    given.named.sort_by(|a, b| a.0.cmp(&b.0));
    let network = network.valid();
    let all = block_on(weights::read(&network)).unwrap();
    let (mut error, mut length, mut count) = (0.0, 0.0, 0);
    for (tensor, (name, gradient)) in all.iter().zip(&given.named) {
        assert_eq!(&tensor.name, name);
        for (place, &gradient) in gradient.iter().enumerate() {
            let at = |change: f32| {
                let mut moved = all.clone();
                let moved_tensor = moved.iter_mut().find(|other| other.name == *name).unwrap();
                moved_tensor.values[place] += change;
                let (network, misfits) = weights::replace(network.clone(), moved);
                assert!(misfits.is_empty());
                objective(&network)
            };
            let step = 1e-3;
            let expected = (at(step) - at(-step)) / (2.0 * f64::from(step));
            error += (f64::from(gradient) - expected).powi(2);
            length += expected.powi(2);
            count += usize::from(expected.abs() > 1e-3);
        }
    }
    assert!(count > large, "most weights matter: {count}");
    (error / length).sqrt()
}

struct Gradients {
    gradients: GradientsParams,
    path: Vec<String>,
    named: Vec<(String, Vec<f32>)>,
}

impl ModuleVisitor for Gradients {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let gradient = self.gradients.get::<D>(param.id).expect("every weight has a gradient");
        let values = block_on(gradient.into_data_async()).unwrap().try_into_vec_as().unwrap();
        self.named.push((self.path.join("."), values));
    }
}
