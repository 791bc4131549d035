//! Post-processing one image, step by step.

use std::{cell::RefCell, rc::Rc};

use futures_channel::oneshot;
use futures_util::{
    future::{AbortRegistration, Abortable, Aborted},
    lock::Mutex,
};
use js_sys::{Promise, Uint8Array};
use topology_wasm::{
    failure::{ErrorCode, Failure},
    prior::read_priors,
};
use tsify::Tsify;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;

use crate::{
    call::{check_alive, promise},
    failure::failure,
    image::read_image,
    learner::{Learner, read_bytes},
    model::Model,
    options, room,
    slot::{Call, Slot},
    step::Step,
};

/// One image, and the optimisation of equation 5 of Clough et al. 2020 for it:
///
/// (1 / V) sum (S - S0)^2 + lambda * L_topo(S)
///
/// Ask for a step when you want one: nothing happens between two steps, and not to ask is to pause. One call at a time:
/// while one is under way, others fail with the code `"busy"`.
#[wasm_bindgen]
pub struct PostProcess {
    shared: Rc<Shared>,
}

struct Shared {
    run: Mutex<learner::PostProcess>,
    slot: RefCell<Slot>,
}

impl Shared {
    /// Begins a call, which [`Shared::end`] ends.
    fn begin(&self) -> Result<(Call, AbortRegistration), Failure> {
        check_alive()?;
        let message = "a call of this run is under way; wait for it or cancel it";
        self.slot.borrow_mut().begin().ok_or_else(|| Failure::new(ErrorCode::Busy, message))
    }

    fn end(&self, call: Call) {
        self.slot.borrow_mut().end(call);
    }
}

#[wasm_bindgen]
impl PostProcess {
    /// Post-processing of the maps that a model predicts for an image. The model stays as it is. Where it has several
    /// classes, `prior` may be a list for classes and unions of classes, as in `"1:1,0; 2:1,1; 1+2:1,0"`.
    #[wasm_bindgen(js_name = ofModel, unchecked_return_type = "Promise<PostProcess>")]
    pub fn of_model(
        learner: &Learner,
        model: &Model,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | Prior")] prior: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "PostProcessOptions")] options: &JsValue,
    ) -> Promise {
        let (image, prior, options) = (read_image(values, shape), read_priors(prior), options::read(options));
        let (network, _) = (model.network.clone(), learner);
        promise(async move {
            let (image, prior, options) = (image?, prior?, options?.engine());
            room::check_step(&network, image.dim())?;
            let run = learner::PostProcess::new(&network, image.view(), prior, options).await;
            Ok(Self::of(run.map_err(failure)?))
        })
    }

    /// Post-processing of a probability map, by its pixels whatever `options.target` says. No model is needed.
    #[wasm_bindgen(js_name = ofMap, unchecked_return_type = "Promise<PostProcess>")]
    pub fn of_map(
        learner: &Learner,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | Prior")] prior: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "PostProcessOptions")] options: &JsValue,
    ) -> Promise {
        let (map, prior) = (read_image(values, shape), read_priors(prior));
        let options = options::read(options).map(options::PostProcessOptions::of_pixels);
        let device = learner.opened.device.clone();
        promise(async move {
            let (map, prior, options) = (map?, prior?, options?.engine());
            room::check_step_of_map(map.dim())?;
            let run = learner::PostProcess::of_map(map.view(), prior, options, &device);
            Ok(Self::of(run.map_err(failure)?))
        })
    }

    /// The next step: at first step 0, the map as it is; then one update for each step. It may be asked for after a
    /// stop rule has held.
    #[wasm_bindgen(unchecked_return_type = "Promise<Step>")]
    pub fn step(&self) -> Promise {
        let (begun, shared) = (self.shared.begin(), self.shared.clone());
        promise(async move {
            let (answer, mut answered) = oneshot::channel();
            let (call, cancelled) = begun?;
            let working = shared.clone();
            // A task of its own, which goes on where the call is cancelled: a GPU is lost if what it is asked for is
            // not waited for.
            spawn_local(async move {
                let mut run = working.run.lock().await;
                let step = run.step().await;
                let connectivity = run.options().connectivity.into();
                let step = step.map_err(failure).and_then(|step| Step::new(&step, connectivity));
                if answer.send(step).is_err() {
                    run.take_back();
                }
            });
            let step = match Abortable::new(&mut answered, cancelled).await {
                Ok(step) => {
                    shared.end(call);
                    step.ok()
                }
                // It may have come all the same, in this very moment.
                Err(Aborted) => answered.try_recv().ok().flatten(),
            };
            let cancelled =
                || Failure::new(ErrorCode::Cancelled, "the step was cancelled; the next call gives it");
            Ok(step.ok_or_else(cancelled)??.into_ts()?)
        })
    }

    /// Ends the step that is under way, if there is one: its promise is rejected with the code `"cancelled"` at once,
    /// and the next call gives the same step, when the device is free. Nothing is lost. A reset or an export comes to its
    /// end all the same, and a call that follows waits for it.
    pub fn cancel(&self) {
        self.shared.slot.borrow_mut().cancel();
    }

    /// Back to before step 0: the same steps will follow.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn reset(&self) -> Promise {
        self.with_run(async |run| {
            run.reset();
            Ok(JsValue::UNDEFINED)
        })
    }

    /// The whole state of the run, which `importState` takes, here, in another worker or on the other backend: the
    /// parameters at step 0 and now, Adam's moments, the number of the step, the map of step 0, the image, the prior
    /// and the options. For a network of n weights it is about 16 n bytes.
    #[wasm_bindgen(js_name = exportState, unchecked_return_type = "Promise<Uint8Array<ArrayBuffer>>")]
    pub fn export_state(&self) -> Promise {
        self.with_run(async |run| Ok(Uint8Array::from(&*run.to_bytes().await.map_err(failure)?)))
    }

    /// The run that was exported: its next step is the one that would have come next.
    #[wasm_bindgen(js_name = importState, unchecked_return_type = "Promise<PostProcess>")]
    pub fn import_state(
        learner: &Learner,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] state: &JsValue,
    ) -> Promise {
        let (state, device) = (read_bytes(state, "state"), learner.opened.device.clone());
        promise(async move {
            let run = learner::PostProcess::from_bytes(state?, &device);
            Ok(Self::of(run.map_err(failure)?))
        })
    }

    /// A call that comes to its end whether it is cancelled or not.
    fn with_run<T: Into<JsValue>>(
        &self,
        work: impl AsyncFnOnce(&mut learner::PostProcess) -> Result<T, Failure> + 'static,
    ) -> Promise {
        let (begun, shared) = (self.shared.begin(), self.shared.clone());
        promise(async move {
            let (call, _) = begun?;
            let result = work(&mut *shared.run.lock().await).await;
            shared.end(call);
            result
        })
    }

    fn of(run: learner::PostProcess) -> Self {
        Self { shared: Rc::new(Shared { run: Mutex::new(run), slot: RefCell::default() }) }
    }
}
