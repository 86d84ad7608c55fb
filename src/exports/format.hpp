#pragma once
// The list of suppressions in the words of other programs: one row a format, one file a family. Pure.
#include <span>
#include <string>
#include <string_view>

#include "domain/suppression.hpp"

namespace jmrp::exports {

/// What lines say besides the suppression.
struct Words {
    std::string list; ///< the list program's name of the list
};

/// Appends what a format says of one suppression. False where the format cannot carry it safely; then nothing was appended.
/// A value is never bent to fit: a changed address is another person.
using Line = bool (*)(std::string& out, const domain::Suppression& suppression, const Words& words);

struct Format {
    const char* name;
    const char* purpose; ///< for people
    Line add;
    Line remove = nullptr;        ///< null: the target knows no word for it
    bool news_only = false;       ///< the target wants what is new; else it reads a file that has everybody
    bool has_subscribers = false; ///< has a place for those whose address is not known
    bool has_scopes = false;      ///< says the scope: a row a person and scope, else a row a person
    bool has_details = false;     ///< says more than who: why, when, how often
    bool needs_list = false;      ///< Words::list
    const char* head = "";
    const char* separator = ""; ///< between two rows
    const char* tail = "";
};

std::span<const Format> formats();
/// Throws Fault(usage) that names the nearest one.
const Format& format_named(std::string_view name);

} // namespace jmrp::exports
