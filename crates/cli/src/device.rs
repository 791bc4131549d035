//! What networks run on.

use burn::tensor::Device;
#[cfg(feature = "cuda")]
use burn::tensor::DeviceType;
use clap::ValueEnum;

/// There is no such device.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeviceError {
    #[error(
        "--backend {backend}: this program was built without it; build it with `cargo build --release --features {backend}`, or leave the option out for the CPU"
    )]
    NotBuilt { backend: &'static str },
    #[cfg(any(feature = "wgpu", feature = "cuda"))]
    #[error("--backend {backend}: no device can be used: {message}")]
    Device { backend: &'static str, message: String },
}

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
    /// A GPU of NVIDIA, if the program was built with --features cuda (that build downloads a compiler, LLVM)
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

    pub(crate) fn open(self) -> Result<Device, DeviceError> {
        match self {
            Self::Flex => Ok(Device::flex()),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Device::wgpu_options()
                .init()
                .map_err(|error| DeviceError::Device { backend: self.name(), message: error.to_string() }),
            #[cfg(feature = "cuda")]
            Self::Cuda => {
                // Device::cuda gives a device whether there is one or not; the first use would panic.
                let devices = Device::enumerate(DeviceType::Cuda);
                let message = "there is no GPU of NVIDIA, or no driver for it".to_owned();
                devices.first().cloned().ok_or(DeviceError::Device { backend: self.name(), message })
            }
            #[allow(unreachable_patterns, reason = "with all features there is none that was not built")]
            _ => Err(DeviceError::NotBuilt { backend: self.name() }),
        }
    }
}
