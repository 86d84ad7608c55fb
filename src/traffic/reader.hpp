#pragma once
// Readers of the logs of mail servers: a line goes in, what it tells comes out. Pure: the same first line and line, the same
// answer. Lines are hostile: local parts, Message-IDs and replies are written by strangers.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/sent.hpp"
#include "traffic/provider.hpp"
#include "traffic/time_stamp.hpp"

namespace jmrp::traffic {

/// What a log leaves out.
struct Context {
    Zone zone;                                                  ///< of stamps that name none
    util::Seconds latest = 0;                                   ///< stamps without a year lie at most a day after this
    std::optional<int> year;                                    ///< in which the log begins; outranks `latest`
    std::vector<std::pair<std::string, domain::Ip>> source_ips; ///< by name of a transport, a syslog name or a server
    std::vector<ProviderSuffix> providers;                      ///< tried before the built-in ones
};

struct Reading {
    std::vector<domain::SentEvent> events;
    const char* trouble = nullptr; ///< what is wrong with a line that should tell something; a name out of a fixed set
};

class Reader {
  public:
    virtual ~Reader() = default;
    /// The first line of the file, before any read(), also when reading goes on in its middle: a header line, or where the
    /// log begins.
    virtual void begin(std::string_view first_line) = 0;
    /// One line without its end, the first one included. No events and no trouble: the line is about something else.
    virtual Reading read(std::string_view line) = 0;
};

struct Format {
    std::string_view name;
    std::unique_ptr<Reader> (*make)(const Context& context);
    bool quoted_line_ends; ///< a record goes on over line ends inside quotes (RFC 4180)
};

std::span<const Format> formats();
const Format* find_format(std::string_view name);

// ---- one a file
std::unique_ptr<Reader> make_postfix_reader(const Context& context);
std::unique_ptr<Reader> make_exim_reader(const Context& context);
std::unique_ptr<Reader> make_csv_reader(const Context& context);
std::unique_ptr<Reader> make_powermta_reader(const Context& context);
std::unique_ptr<Reader> make_kumomta_reader(const Context& context);

/// The configured address of the first name that has one.
std::optional<domain::Ip> source_ip_of(const Context& context, std::span<const std::string_view> names);

} // namespace jmrp::traffic
