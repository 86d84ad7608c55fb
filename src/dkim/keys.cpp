#include "dkim/keys.hpp"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>

#include <array>
#include <map>
#include <memory>
#include <optional>

#include "util/fd.hpp"
#include "util/text.hpp"

namespace jmrp::dkim {

namespace {

constexpr int seconds_a_try = 3;
constexpr int tries = 2;
constexpr std::size_t most_answer_bytes = std::size_t{16} << 10;
constexpr std::size_t most_name_bytes = 253; // RFC 1035 section 2.3.4
constexpr std::size_t most_file_bytes = std::size_t{1} << 20;

/// The strings of a TXT record, joined (RFC 6376 section 3.6.2.2). Nothing where their lengths do not add up.
std::optional<std::string> joined(const unsigned char* bytes, std::size_t size) {
    std::string out;
    while (size > 0) {
        const std::size_t length = bytes[0];
        if (length + 1 > size)
            return std::nullopt;
        out.append(reinterpret_cast<const char*>(bytes + 1), length);
        bytes += length + 1;
        size -= length + 1;
    }
    return out;
}

KeyAnswer read_answer(const unsigned char* bytes, std::size_t size) {
    KeyAnswer out{KeyAnswer::Status::absent, {}};
    ns_msg message;
    if (::ns_initparse(bytes, static_cast<int>(size), &message) != 0)
        return {};
    int records = 0;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
        ns_rr record;
        if (::ns_parserr(&message, ns_s_an, i, &record) != 0)
            return {};
        if (ns_rr_type(record) != ns_t_txt)
            continue; // the aliases that led here
        auto text = joined(ns_rr_rdata(record), ns_rr_rdlen(record));
        if (!text || ++records > 1)
            return {KeyAnswer::Status::absent, {}};
        out = {KeyAnswer::Status::found, std::move(*text)};
    }
    return out;
}

KeyAnswer ask_dns(const std::string& name) {
    if (name.size() > most_name_bytes)
        return {KeyAnswer::Status::absent, {}};
    struct __res_state state {};
    if (::res_ninit(&state) != 0)
        return {};
    const std::unique_ptr<struct __res_state, void (*)(res_state)> closed(&state,
                                                                          [](res_state one) { ::res_nclose(one); });
    state.retrans = seconds_a_try;
    state.retry = tries;
    std::array<unsigned char, most_answer_bytes> answer{};
    const int size =
        ::res_nquery(&state, name.c_str(), ns_c_in, ns_t_txt, answer.data(), static_cast<int>(answer.size()));
    if (size < 0)
        return {state.res_h_errno == HOST_NOT_FOUND || state.res_h_errno == NO_DATA ? KeyAnswer::Status::absent
                                                                                    : KeyAnswer::Status::later,
                {}};
    if (static_cast<std::size_t>(size) > answer.size())
        return {KeyAnswer::Status::absent, {}};
    return read_answer(answer.data(), static_cast<std::size_t>(size));
}

} // namespace

FindKey keys_from_dns() {
    return [known = std::map<std::string, KeyAnswer>()](const std::string& name) mutable {
        auto hit = known.find(name);
        if (hit == known.end())
            hit = known.emplace(name, ask_dns(name)).first;
        return hit->second;
    };
}

FindKey keys_from_file(const std::filesystem::path& file) {
    const auto read = util::read_file(file, most_file_bytes);
    std::map<std::string, KeyAnswer> keys;
    for (const std::string_view raw : util::split(read.bytes, '\n')) {
        const std::string_view line = util::trim(raw);
        if (line.empty() || line.front() == '#')
            continue;
        const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
        const std::string_view record = util::trim(line.substr(end));
        keys[util::lower(line.substr(0, end))] = {record.empty() ? KeyAnswer::Status::later : KeyAnswer::Status::found,
                                                  std::string(record)};
    }
    return [keys = std::move(keys)](const std::string& name) {
        const auto hit = keys.find(util::lower(name));
        return hit == keys.end() ? KeyAnswer{KeyAnswer::Status::absent, {}} : hit->second;
    };
}

} // namespace jmrp::dkim
