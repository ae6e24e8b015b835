#include "runner/python_module.h"

namespace qflow {

namespace {

// The assembler reads the file as it is, so that no copy of it can differ (GNU as, .incbin).
asm(R"(
.pushsection .rodata
.global qflow_python_module_begin
.global qflow_python_module_end
qflow_python_module_begin:
.incbin ")" QFLOW_PYTHON_MODULE R"("
qflow_python_module_end:
.byte 0
.popsection
)");

extern "C" const char kModuleBegin[] asm("qflow_python_module_begin");
extern "C" const char kModuleEnd[] asm("qflow_python_module_end");

}  // namespace

std::string_view python_module() {
  return {kModuleBegin, static_cast<std::size_t>(kModuleEnd - kModuleBegin)};
}

std::string_view python_module_name() {
  return std::string_view(QFLOW_PYTHON_MODULE_SHA256).substr(0, 16);
}

Result<Path> provide_python_module(Store& store) {
  const Path folder = store.layout().python() / python_module_name();
  // One that a crash of the system has cut off is made again.
  const auto known = store.files().info(folder / "qflow.py", FollowLinks::kNo);
  if (known && known->type == FileType::kRegular && known->size == python_module().size()) return folder;
  QFLOW_TRY(make_folders(store.files(), folder));
  QFLOW_TRY(replace_file(store.files(), folder / "qflow.py", python_module()));
  return folder;
}

}  // namespace qflow
