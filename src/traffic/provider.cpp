#include "traffic/provider.hpp"

#include <array>

#include "util/text.hpp"

namespace jmrp::traffic {

namespace {

struct Known {
    std::string_view suffix;
    std::string_view provider;
};

// Consumer Outlook.com and hosted Microsoft 365 share a domain and nothing else: only the first has a feedback loop.
constexpr std::array known = {
    Known{".olc.protection.outlook.com", "outlook.com"},
    Known{"mx1.hotmail.com", "outlook.com"}, // until about 2018
    Known{"mx2.hotmail.com", "outlook.com"},
    Known{"mx3.hotmail.com", "outlook.com"},
    Known{"mx4.hotmail.com", "outlook.com"},
    Known{".mail.protection.outlook.com", "office365"},
    Known{".mx.microsoft", "office365"},
    Known{".protection.office365.us", "office365"},
    Known{".partner.outlook.cn", "office365"},
    Known{"gmail-smtp-in.l.google.com", "gmail.com"},
    Known{".gmail-smtp-in.l.google.com", "gmail.com"},
    Known{".google.com", "google-workspace"},
    Known{".googlemail.com", "google-workspace"},
    Known{".yahoodns.net", "yahoo.com"},
    Known{".mail.icloud.com", "icloud.com"},
    Known{".gmx.net", "gmx.net"},
    Known{".web.de", "web.de"},
    Known{".t-online.de", "t-online.de"},
    Known{".mail.ru", "mail.ru"},
    Known{".yandex.ru", "yandex.ru"},
    Known{".comcast.net", "comcast.net"},
    Known{".pphosted.com", "proofpoint"},
    Known{".mimecast.com", "mimecast"},
};

bool fits(std::string_view host, std::string_view suffix) {
    return suffix.starts_with('.') ? host.size() > suffix.size() && host.ends_with(suffix) : host == suffix;
}

} // namespace

std::string_view provider_of(std::string_view relay, const std::vector<ProviderSuffix>& configured) {
    const std::string lowered = util::lower(relay.ends_with('.') ? relay.substr(0, relay.size() - 1) : relay);
    for (const ProviderSuffix& row : configured)
        if (fits(lowered, row.suffix))
            return row.provider;
    for (const Known& row : known)
        if (fits(lowered, row.suffix))
            return row.provider;
    return other_provider;
}

} // namespace jmrp::traffic
