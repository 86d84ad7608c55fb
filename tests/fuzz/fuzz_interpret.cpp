// Any bytes as a mail: read, printed both ways, and read again with other rules.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cli/inspect_json.hpp"

using namespace jmrp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const ingest::Rules plain;
    static const ingest::Rules other = [] {
        ingest::Rules all;
        domain::ReadingRules& rules = all.reading;
        rules.limits.depth = 3;
        rules.limits.parts = 8;
        rules.limits.headers = 20;
        rules.limits.header_bytes = 2000;
        rules.limits.field_bytes = 100;
        rules.limits.recipients = 2;
        rules.own_networks = {*domain::parse_network("192.0.2.0/24")};
        rules.own_domains = {"sender.example"};
        rules.verp_patterns = {R"(^x\+(?<address>[^@]+)@)"};
        rules.believe_envelope_to = true;
        return all;
    }();
    const std::string_view mail(reinterpret_cast<const char*>(bytes), size);
    for (const ingest::Rules* rules : {&plain, &other}) {
        const cli::Inspected inspected = cli::inspect(mail, *rules, "feed", 0);
        if (cli::inspect_json(inspected, "fuzz", 0).find('\n') != std::string::npos)
            std::abort();
        if (cli::inspect_text(inspected, "fuzz", 0).find('\x1b') != std::string::npos)
            std::abort();
        const auto* report = std::get_if<domain::FeedbackReport>(&inspected.reading.what);
        if (!report)
            continue;
        const bool known = report->recipient.status == domain::RecipientStatus::known;
        if (known == report->recipient.addresses.empty() ||
            report->recipient.addresses.size() > rules->reading.limits.recipients)
            std::abort();
        if (report->complaint && report->unsubscribe)
            std::abort();
    }
    return 0;
}
