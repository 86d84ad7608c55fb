#pragma once
// Trouble with the machine: the one exception type of this program. Trouble with the *mail* is a value, never a Fault.
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace jmrp::util {

enum class FaultKind {
    usage,         ///< the command line is wrong
    configuration, ///< a configuration file is wrong
    not_found,     ///< a file, an entry or a database that should be there is not
    permission,    ///< the system refuses access
    busy,          ///< somebody else holds it now; trying again later helps
    full,          ///< disk, quota or memory is used up
    network,       ///< a server cannot be reached, breaks off or cannot serve now; trying again later helps
    newer,         ///< written by a newer version of this program
    damaged,       ///< not readable as what it should be
    system,        ///< any other answer of the system
};

/// What was attempted on what, why it failed, and what to do about it. Texts never hold anything taken from a mail.
class Fault : public std::exception {
  public:
    Fault(FaultKind kind, std::string attempted, std::string why, std::string hint = {});

    /// A fault of another process, told here: the text is what() there.
    static Fault retold(FaultKind kind, std::string text);

    FaultKind kind() const noexcept { return kind_; }
    /// "cannot ATTEMPTED: WHY (HINT)", one line.
    const char* what() const noexcept override { return text_.c_str(); }

  private:
    Fault(FaultKind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

    FaultKind kind_;
    std::string text_;
};

/// The Fault for an errno value: its kind is taken from the number.
Fault system_fault(std::string attempted, int error_number, std::string hint = {});

} // namespace jmrp::util
