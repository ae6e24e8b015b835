#include "sensor/s3_changes.h"

namespace qflow {
namespace {

class ObjectComparer {
 public:
  ObjectComparer(ChangeKind wanted, const S3ChangeSink& sink) : wanted_(wanted), sink_(sink) {}

  void take_gone(const KnownObjects::value_type& known) {
    if (!offer({ChangeKind::kDeleted, known.first, known.second})) result_.known.push_back(known);
  }
  void take_new(const S3Object& object) {
    if (offer({ChangeKind::kCreated, object.key, object.etag, &object})) keep(object);
  }
  void take_both(const KnownObjects::value_type& known, const S3Object& object) {
    const bool is_settled =
        known.second == object.etag || offer({ChangeKind::kModified, object.key, object.etag, &object});
    is_settled ? keep(object) : result_.known.push_back(known);
  }
  S3Comparison finish() { return std::move(result_); }

 private:
  void keep(const S3Object& object) { result_.known.emplace_back(object.key, object.etag); }

  // Whether it may be known from now on. After the first one that has to wait, all of the wanted kind wait.
  bool offer(const S3Change& change) {
    if (wanted_ != ChangeKind::kAll && wanted_ != change.kind) return true;
    if (!result_.more) result_.more = !sink_(change);
    return !result_.more;
  }

  ChangeKind wanted_;
  const S3ChangeSink& sink_;
  S3Comparison result_;
};

}  // namespace

S3Comparison compare_objects(const KnownObjects& before, const std::vector<S3Object>& now, ChangeKind wanted,
                             const S3ChangeSink& sink) {
  ObjectComparer comparer(wanted, sink);
  auto known = before.begin();
  auto object = now.begin();
  while (known != before.end() || object != now.end()) {
    if (object == now.end() || (known != before.end() && known->first < object->key)) {
      comparer.take_gone(*known++);
    } else if (known == before.end() || object->key < known->first) {
      comparer.take_new(*object++);
    } else {
      comparer.take_both(*known++, *object++);
    }
  }
  return comparer.finish();
}

}  // namespace qflow
