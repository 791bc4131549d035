//! Arguments from JavaScript, checked: whatever is passed gives a value or a [`Failure`].

use js_sys::{Array, Float32Array, Object, Reflect, Uint32Array};
use ndarray::{ArrayView, ArrayViewD, IxDyn};
use serde::{
    Deserializer,
    de::{DeserializeOwned, Error as _, Visitor, value::Error as IntrospectionError},
    forward_to_deserialize_any,
};
use wasm_bindgen::{JsCast, JsValue};

use crate::failure::{ErrorCode, Failure};

/// More axes than any array that is accepted here.
const MOST_AXES: u32 = 16;

/// An array in the memory of the module, kept between calls.
#[derive(Clone, Debug, Default)]
pub struct Pixels {
    values: Vec<f32>,
    shape: Vec<usize>,
}

impl Pixels {
    /// Copies a `Float32Array` and its shape, and gives a view of the copy.
    ///
    /// # Errors
    ///
    /// If `values` is no `Float32Array`, `shape` is no shape, or they do not fit together.
    pub fn read(&mut self, values: &JsValue, shape: &JsValue) -> Result<ArrayViewD<'_, f32>, Failure> {
        let values: &Float32Array = values
            .dyn_ref()
            .ok_or_else(|| Failure::bad_argument("the values are no Float32Array, in row-major order"))?;
        read_shape(shape, &mut self.shape)?;
        check_length(values.length(), &self.shape)?;
        let length = values.length() as usize;
        reserve(&mut self.values, length)?;
        self.values.resize(length, 0.0);
        values.copy_to(&mut self.values);
        self.view()
    }

    /// The array that was read last.
    ///
    /// # Errors
    ///
    /// None after a successful [`Pixels::read`].
    pub fn view(&self) -> Result<ArrayViewD<'_, f32>, Failure> {
        ArrayView::from_shape(IxDyn(&self.shape), &self.values)
            .map_err(|error| Failure::new(ErrorCode::ShapeMismatch, error))
    }
}

/// Reads an array of whole numbers as a shape. Which shapes are accepted is not decided here.
///
/// # Errors
///
/// If it is neither an `Array` nor a `Uint32Array`, or an entry is not a whole number from 0 to 2^32 - 1.
pub fn read_shape(value: &JsValue, shape: &mut Vec<usize>) -> Result<(), Failure> {
    shape.clear();
    if let Some(array) = value.dyn_ref::<Uint32Array>() {
        check_axes(array.length())?;
        shape.extend((0..array.length()).map(|axis| array.get_index(axis) as usize));
        return Ok(());
    }
    let array: &Array = value.dyn_ref().ok_or_else(|| {
        Failure::bad_argument(
            "the shape is neither an array of numbers nor a Uint32Array, as in [rows, columns]",
        )
    })?;
    check_axes(array.length())?;
    for (axis, entry) in array.iter().enumerate() {
        let length = entry.as_f64().unwrap_or(f64::NAN);
        shape.push(whole_number(length).ok_or_else(|| {
            let given = entry.as_f64().map_or_else(|| String::from("no number"), |number| number.to_string());
            let message =
                format!("axis {axis} of the shape is {given}; accepted are whole numbers from 0 upwards");
            Failure::bad_argument(message)
        })?);
    }
    Ok(())
}

fn check_axes(axes: u32) -> Result<(), Failure> {
    if axes > MOST_AXES {
        return Err(Failure::bad_argument(format!("the shape has {axes} entries; it has one per axis")));
    }
    Ok(())
}

/// The number as an index or a length, if it is one.
pub fn whole_number(number: f64) -> Option<usize> {
    let accepted = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    accepted.then_some(number as usize)
}

/// An error unless there are as many values as the shape says.
///
/// # Errors
///
/// If there are not.
pub fn check_length(length: u32, shape: &[usize]) -> Result<(), Failure> {
    let product = shape.iter().try_fold(1usize, |product, &axis| product.checked_mul(axis));
    if product == Some(length as usize) {
        return Ok(());
    }
    let message = format!(
        "there are {length} values and the shape {shape:?} needs {}",
        product.map_or_else(|| String::from("more than can be addressed"), |product| product.to_string())
    );
    Err(Failure::new(ErrorCode::ShapeMismatch, message))
}

/// Makes room for so many elements in an emptied vector.
///
/// # Errors
///
/// If there is not enough memory.
pub fn reserve<T>(vector: &mut Vec<T>, length: usize) -> Result<(), Failure> {
    vector.clear();
    vector.try_reserve_exact(length).map_err(|_| {
        let bytes = length.saturating_mul(size_of::<T>());
        Failure::new(ErrorCode::OutOfMemory, format!("there is no memory for an array of {bytes} bytes"))
    })
}

/// A finite number or an infinity.
///
/// # Errors
///
/// If it is NaN, which is also what JavaScript passes for anything that is no number.
pub fn not_nan(number: f64, name: &str) -> Result<f32, Failure> {
    if number.is_nan() {
        return Err(Failure::new(ErrorCode::Threshold, format!("the {name} is not a number")));
    }
    Ok(number as f32)
}

/// Reads a record of options; without one, all have their defaults.
///
/// # Errors
///
/// If it is no object, has a field that does not exist, or one of the wrong type.
pub fn read_options<T: DeserializeOwned + Default>(value: &JsValue, name: &str) -> Result<T, Failure> {
    if value.is_undefined() || value.is_null() { Ok(T::default()) } else { read_record(value, name) }
}

/// Reads a record.
///
/// # Errors
///
/// If it is no object, lacks a field, has one that does not exist, or one of the wrong type.
pub fn read_record<T: DeserializeOwned>(value: &JsValue, name: &str) -> Result<T, Failure> {
    let object: &Object =
        value.dyn_ref().ok_or_else(|| Failure::bad_argument(format!("the {name}: not an object")))?;
    let known = fields::<T>();
    let given = Object::new();
    for key in Object::keys(object).iter() {
        let Some(field) = key.as_string() else { continue };
        if !known.contains(&field.as_str()) {
            let message = format!("the {name}: there is no '{field}'; accepted are {}", known.join(", "));
            return Err(Failure::bad_argument(message));
        }
        let unreadable = |_| Failure::bad_argument(format!("the {name}: '{field}' cannot be read"));
        let value = Reflect::get(object, &key).map_err(unreadable)?;
        // In JavaScript a field that is undefined is as good as none.
        if !value.is_undefined() {
            Reflect::set(&given, &key, &value).map_err(unreadable)?;
        }
    }
    read_value(&given, name)
}

/// Reads any value.
///
/// # Errors
///
/// If it has the wrong type.
pub fn read_value<T: DeserializeOwned>(value: &JsValue, name: &str) -> Result<T, Failure> {
    serde_wasm_bindgen::from_value(value.clone()).map_err(|error| {
        let error = error.to_string();
        Failure::bad_argument(format!("the {name}: {}", error.strip_prefix("Error: ").unwrap_or(&error)))
    })
}

/// A list of numbers, as JavaScript has it.
pub fn numbers(numbers: impl IntoIterator<Item = usize>) -> JsValue {
    numbers.into_iter().map(|number| JsValue::from_f64(number as f64)).collect::<Array>().into()
}

/// The names of the fields of a record, as serde has them.
fn fields<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut fields: &[&str] = &[];
    // It always fails: it is about what is asked for, not about what is answered.
    let _ = T::deserialize(Introspection { fields: &mut fields });
    fields
}

/// Takes note of the fields that a struct asks for, and gives it none.
struct Introspection<'a> {
    fields: &'a mut &'static [&'static str],
}

impl<'de> Deserializer<'de> for Introspection<'_> {
    type Error = IntrospectionError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(IntrospectionError::custom("not a struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.fields = fields;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
