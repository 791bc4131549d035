//! What networks run on.

use burn::tensor::Device;
use clap::ValueEnum;

use crate::failure::Failure;

#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct DeviceArguments {
    /// What the network runs on
    #[arg(long, value_enum, default_value_t)]
    pub(crate) backend: Backend,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    /// The CPU
    #[default]
    Flex,
    /// A GPU through Vulkan, Metal or Direct3D, if the program was built with --features wgpu
    Wgpu,
    /// A GPU of NVIDIA, if the program was built with --features cuda
    Cuda,
}

impl Backend {
    /// `flex`, as on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::Wgpu => "wgpu",
            Self::Cuda => "cuda",
        }
    }

    pub(crate) fn open(self) -> Result<Device, Failure> {
        match self {
            Self::Flex => Ok(Device::flex()),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Device::wgpu_options()
                .init()
                .map_err(|error| Failure::Device { backend: self.name(), message: error.to_string() }),
            #[cfg(feature = "cuda")]
            Self::Cuda => Ok(Device::cuda(0)),
            #[allow(unreachable_patterns, reason = "with all features there is none that was not built")]
            _ => Err(Failure::NotBuilt { backend: self.name() }),
        }
    }
}
