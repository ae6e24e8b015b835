#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/error.h"

namespace qflow {

// The next thing in an XML document.
struct XmlPiece {
  enum class Kind { kOpen, kText, kClose, kEnd };

  Kind kind = Kind::kEnd;
  std::string text = {};  // the name of the element, or the text with its references resolved
};

// Reads XML 1.0 as far as S3 writes it: elements, whose attributes are passed over, text, CDATA, comments. Document
// types, and with them entities of their own, are refused; so is what is not well-formed. The document outlives it.
class XmlReader {
 public:
  explicit XmlReader(std::string_view document);

  // kInvalid says what is wrong with the document.
  Result<XmlPiece> next();

 private:
  Result<std::string> read_name();
  Result<std::string> read_text(std::string_view raw) const;
  Result<XmlPiece> read_markup();
  Result<XmlPiece> read_open_tag();
  Result<XmlPiece> read_close_tag();
  Result<XmlPiece> read_character_data();
  Status skip_attribute();
  Status skip_asides();
  Result<std::string_view> take_through(std::string_view end);
  bool take(std::string_view expected);
  void skip_space();

  std::string_view rest_;
  std::vector<std::string> open_;
  bool is_empty_element_ = false;  // its close is still to be reported
  bool had_root_ = false;
};

}  // namespace qflow
