#pragma once
#include <string_view>
#include <vector>

namespace jmrp::store {

/// A file of schemas/, compiled in.
struct SchemaFile {
    std::string_view name;
    std::string_view sql;
};
const std::vector<SchemaFile>& schema_files();

} // namespace jmrp::store
