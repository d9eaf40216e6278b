#include <ATen/native/CPUFallback.h>
#include <ATen/EmptyTensor.h>
#include <ATen/NativeFunctions.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/csrc/utils/device_lazy_init.h>
#include <torch/library.h>
#include <torch/extension.h>

// A second device whose memory is the host's: every operation runs on the CPU, but only if no tensor was left there.
static int64_t syncs = 0;

struct Allocator final : at::Allocator {
  static void free(void* p) { std::free(p); }
  at::DataPtr allocate(size_t n) override {
    void* p = n ? std::aligned_alloc(64, (n+63)/64*64) : nullptr;
    return {p, p, &free, c10::Device(c10::DeviceType::PrivateUse1, 0)};
  }
  at::DeleterFnPtr raw_deleter() const override { return &free; }
  void copy_data(void* to, const void* from, std::size_t n) const override { default_copy_data(to, from, n); }
};
static Allocator allocator;
REGISTER_ALLOCATOR(c10::DeviceType::PrivateUse1, &allocator);

struct Guard final : c10::impl::DeviceGuardImplInterface { // one device, one stream, nothing to switch
  static c10::Device only() { return {c10::DeviceType::PrivateUse1, 0}; }
  c10::DeviceType type() const override { return c10::DeviceType::PrivateUse1; }
  c10::Device exchangeDevice(c10::Device) const override { return only(); }
  c10::Device getDevice() const override { return only(); }
  void setDevice(c10::Device) const override {}
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  c10::Stream getStream(c10::Device) const noexcept override { return c10::Stream(c10::Stream::DEFAULT, only()); }
  c10::Stream exchangeStream(c10::Stream) const noexcept override { return getStream(only()); }
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
};
C10_REGISTER_GUARD_IMPL(PrivateUse1, Guard);

struct Hooks final : at::PrivateUse1HooksInterface {
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  void init() const override {}
  const at::Generator& getDefaultGenerator(c10::DeviceIndex) const override { return at::globalContext().defaultGenerator(c10::kCPU); }
};

static at::Tensor empty(c10::IntArrayRef size, std::optional<at::ScalarType> dtype, std::optional<at::Layout>, std::optional<at::Device>,
                        std::optional<bool>, std::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(size, &allocator, c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                   c10::dtype_or_default(dtype), format);
}

static at::Tensor empty_strided(c10::IntArrayRef size, c10::IntArrayRef stride, std::optional<at::ScalarType> dtype,
                                std::optional<at::Layout>, std::optional<at::Device>, std::optional<bool>) {
  return at::detail::empty_strided_generic(size, stride, &allocator, c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                           c10::dtype_or_default(dtype));
}

static at::Tensor on_host(const at::Tensor& t) { // the same memory, as a tensor of the CPU
  if (t.is_cpu()) return t;
  return at::from_blob(t.data_ptr(), t.sizes(), t.strides(), t.options().device(c10::kCPU));
}

static at::Tensor copy_from(const at::Tensor& from, const at::Tensor& to, bool) {
  if (to.is_cpu()) syncs++;
  on_host(to).copy_(on_host(from));
  return to;
}

static at::Tensor copy_from_and_resize(const at::Tensor& from, const at::Tensor& to) {
  if (to.sizes() != from.sizes()) to.resize_(from.sizes());
  on_host(to).copy_(on_host(from));
  return to;
}

static at::Scalar item(const at::Tensor& t) { syncs++; return at::_local_scalar_dense(on_host(t)); }

static const at::Tensor& resize_(const at::Tensor& t, c10::IntArrayRef size, std::optional<at::MemoryFormat>) {
  auto impl = t.unsafeGetTensorImpl();
  impl->set_sizes_contiguous(size);
  auto storage = impl->unsafe_storage().unsafeGetStorageImpl();
  size_t n = (impl->storage_offset()+impl->numel())*impl->itemsize();
  if (n > storage->nbytes()) {
    auto grown = allocator.allocate(n);
    if (storage->nbytes()) std::memcpy(grown.get(), storage->data(), storage->nbytes());
    storage->set_data_ptr(std::move(grown));
    storage->set_nbytes(n);
  }
  return t;
}

static at::Tensor on_device(const at::Tensor& t) {
  return t.defined() ? at::empty_like(t, t.options().device(c10::DeviceType::PrivateUse1)).copy_(t) : t;
}

using Shape = c10::SymIntArrayRef;

static at::Tensor convolution(const at::Tensor& x, const at::Tensor& w, const std::optional<at::Tensor>& bias, Shape stride,
                              Shape padding, Shape dilation, bool transposed, Shape output_padding, c10::SymInt groups) {
  std::optional<at::Tensor> b = bias && bias->defined() ? std::make_optional(on_host(*bias)) : std::nullopt;
  return on_device(at::convolution_symint(on_host(x), on_host(w), b, stride, padding, dilation, transposed, output_padding, groups));
}

static std::tuple<at::Tensor, at::Tensor, at::Tensor> convolution_backward(
    const at::Tensor& grad, const at::Tensor& x, const at::Tensor& w, Shape stride, Shape padding, Shape dilation, bool transposed,
    Shape output_padding, c10::SymInt groups, std::array<bool, 3> wanted) {
  std::vector<c10::SymInt> bias{w.sym_size(transposed ? 1 : 0)};
  auto [a, b, c] = at::convolution_backward_symint(on_host(grad), on_host(x), on_host(w), Shape(bias), stride, padding, dilation,
                                                   transposed, output_padding, groups, wanted);
  return {on_device(a), on_device(b), on_device(c)};
}

using Maybe = const std::optional<at::Tensor>&;

static std::tuple<at::Tensor, at::Tensor, at::Tensor> batch_norm(const at::Tensor& x, Maybe weight, Maybe bias, Maybe mean, Maybe var,
                                                                 bool training, double momentum, double eps) {
  // its schema does not say that it changes the running mean and variance, so the fallback would lose them
  auto host = [](Maybe t) { return t && t->defined() ? std::make_optional(on_host(*t)) : std::nullopt; };
  auto [a, b, c] = at::native_batch_norm(on_host(x), host(weight), host(bias), host(mean), host(var), training, momentum, eps);
  return {on_device(a), on_device(b), on_device(c)};
}

static c10::IValue changed(const c10::IValue& v, at::Tensor (*how)(const at::Tensor&)) {
  if (v.isTensor()) return how(v.toTensor());
  if (!v.isTensorList()) return v;
  c10::List<at::Tensor> out;
  for (const at::Tensor& t : v.toTensorVector()) out.push_back(how(t));
  return out;
}

static void foreach(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  size_t n = op.schema().arguments().size();
  for (size_t i = stack->size()-n; i < stack->size(); i++) (*stack)[i] = changed((*stack)[i], &on_host);
  size_t base = stack->size()-n;
  op.callBoxed(stack);
  for (size_t i = base; i < stack->size(); i++) (*stack)[i] = changed((*stack)[i], &on_device);
}

static void check_and_fall_back(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  auto stay = [&](const at::Tensor& t) {
    TORCH_CHECK(!t.defined() || !t.is_cpu() || t.dim() == 0, "a tensor of the CPU beside those of the device in ",
                op.schema().operator_name());
  };
  auto name = op.schema().name();
  bool may = name.find("aten::index") == 0 || name.find("aten::_index_put") == 0; // CUDA, too, takes indices of the CPU
  if (!may) for (auto& v : torch::jit::last(*stack, op.schema().arguments().size())) {
    if (v.isTensor()) stay(v.toTensor());
    else if (v.isTensorList()) for (const at::Tensor& t : v.toTensorVector()) stay(t);
  }
  auto before = syncs;
  if (name.find("aten::_foreach") == 0) foreach(op, stack); // the fallback does not bring changed lists back
  else at::native::cpu_fallback(op, stack);
  syncs = before; // the copies of the fallback are its own
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, m) { m.fallback(torch::CppFunction::makeFromBoxedFunction<&check_and_fall_back>()); }
TORCH_LIBRARY_IMPL(aten, PrivateUse1, m) {
  m.impl("empty.memory_format", &empty);
  m.impl("empty_strided", &empty_strided);
  m.impl("as_strided", &at::native::as_strided_tensorimpl);
  m.impl("view", &at::native::view);
  m.impl("_reshape_alias", &at::native::_reshape_alias);
  m.impl("_copy_from", &copy_from);
  m.impl("_copy_from_and_resize", &copy_from_and_resize);
  m.impl("_local_scalar_dense", &item);
  m.impl("resize_", &resize_);
  m.impl("native_batch_norm", &batch_norm);
  m.impl("convolution_overrideable", &convolution);
  m.impl("convolution_backward_overrideable", &convolution_backward);
}
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  at::RegisterPrivateUse1HooksInterface(new Hooks());
  m.def("syncs", []() { return syncs; });
}
