#pragma once
// Where public keys come from: the DNS, or a file in its place.
#include <filesystem>
#include <functional>
#include <string>

namespace jmrp::dkim {

struct KeyAnswer {
    enum class Status {
        found,
        absent, ///< the DNS says that there is no such record
        later   ///< the DNS did not say; a broken zone and a cut cable look the same
    };
    Status status = Status::later;
    std::string record; ///< the text of the one TXT record, where found
};

/// Asks for "selector._domainkey.example.com".
using FindKey = std::function<KeyAnswer(const std::string& name)>;

/// Asks the resolver of the system and waits some ten seconds for it at most. Every name is asked once; the answer holds as
/// long as the function lives. Several TXT records at one name are as good as none (RFC 6376 section 3.6.2.2).
FindKey keys_from_dns();
/// Lines of a name, blanks, and the text of its record; "#" begins a comment line. A name without a text has no answer (later);
/// a name that is not there is absent. Throws util::Fault where the file cannot be read.
FindKey keys_from_file(const std::filesystem::path& file);

} // namespace jmrp::dkim
