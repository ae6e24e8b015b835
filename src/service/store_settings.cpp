#include "service/store_settings.h"

#include "service/stored_text.h"

namespace qflow {

namespace {

constexpr std::uint64_t kLongestConfig = 1024 * 1024;

}  // namespace

Result<StoreConfig> load_store_config(const StoreLayout& layout, FileSystem& files) {
  auto text = read_stored_text(files, layout.config(), kLongestConfig);
  if (!text && text.error().kind == ErrorKind::kNotFound) return StoreConfig();
  if (!text) return tl::make_unexpected(text.error());
  Diagnostics diagnostics(layout.config().string(), *text);
  StoreConfig config = parse_store_config(*text, diagnostics);
  if (diagnostics.has_errors()) {
    return fail(ErrorKind::kInvalid, "the store's configuration is wrong:\n" + diagnostics.render());
  }
  return config;
}

}  // namespace qflow
