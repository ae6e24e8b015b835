#include "cli/store_access.h"

#include "cli/terminal.h"
#include "qflow/store/store_location.h"

namespace qflow {

Result<std::unique_ptr<Store>> open_store(Context& context, StoreAccess access) {
  QFLOW_ASSIGN(const StoreLayout layout, find_store(context, access));
  QFLOW_ASSIGN(std::unique_ptr<Store> store, Store::open(layout.root(), access, context.files, context.clock));
  for (const std::string& note : store->notes()) print_note(context, note);
  return store;
}

Result<StoreLayout> find_store(Context& context, StoreAccess access) {
  QFLOW_ASSIGN(const StoreLocation location,
               locate_store(context.files, context.environment, context.options.store, context.folder));
  if (!location.exists && access != StoreAccess::kCreate) {
    return tl::make_unexpected(no_store(location, context.folder));
  }
  return StoreLayout(location.root);
}

Doors doors_of(Context& context) {
  return Doors{context.files,         context.clock,
               context.launcher,      context.processes,
               context.environment,   context.trigger_types,
               context.folder,        context.program,
               context.options.store, [&context] { return context.in.read_all(); }};
}

}  // namespace qflow
