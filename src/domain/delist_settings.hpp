#pragma once
// What a person has to say once before a delisting request can be judged and written: who asks, how the mail is sent, by which
// doors. Nothing of it is learned from mail.
#include <string>
#include <vector>

#include "domain/ip.hpp"
#include "domain/names.hpp"

namespace jmrp::domain {

/// "Describe yourself" of the consumer form.
enum class Sender { isp, esp, hotmail_customer, customer_of_isp, university, business, other };
template <>
struct Names<Sender> {
    static constexpr std::pair<Sender, std::string_view> table[] = {{Sender::isp, "isp"},
                                                                    {Sender::esp, "esp"},
                                                                    {Sender::hotmail_customer, "hotmail-customer"},
                                                                    {Sender::customer_of_isp, "customer-of-isp"},
                                                                    {Sender::university, "university"},
                                                                    {Sender::business, "business"},
                                                                    {Sender::other, "other"}};
};

enum class ServerType { dedicated, shared, unknown };
template <>
struct Names<ServerType> {
    static constexpr std::pair<ServerType, std::string_view> table[] = {
        {ServerType::dedicated, "dedicated"}, {ServerType::shared, "shared"}, {ServerType::unknown, "unknown"}};
};

struct DelistSettings {
    // Who asks. Microsoft answers to the contact's mailbox.
    std::string contact_name;
    std::string contact_email;             ///< of the Microsoft account that signs in to the form
    std::vector<Network> contact_networks; ///< addresses of ours that its mail leaves from
    bool contact_elsewhere = false;        ///< its mail leaves from none of ours
    bool contact_hears_microsoft = false;  ///< a person saw mail from microsoft.com arrive there

    // How the mail is sent
    std::string helo;                          ///< lower case; empty: not told
    std::vector<std::string> from_domains;     ///< in From; empty: the own domains
    std::vector<std::string> envelope_domains; ///< of return paths; empty: the From domains
    std::vector<Network>
        same_mail; ///< addresses of ours that carry the same lists and customers as those of their network

    bool without_snds = false; ///< nobody here has access to Smart Network Data Services

    // What the form asks besides
    std::string time_zone = "UTC"; ///< by its name in Windows
    Sender sender = Sender::business;
    ServerType server_type = ServerType::dedicated;
    std::string website;
    std::vector<std::string> domains_to{"outlook.com", "hotmail.com", "live.com", "msn.com"};

    // The doors; they move
    std::string form_url = "http://go.microsoft.com/fwlink/?LinkID=614866";
    std::string portal_url = "https://sender.office.com";
    std::string delist_address = "delist@microsoft.com"; ///< where a refusal prints none
    std::string spamhaus_url = "https://check.spamhaus.org/";
};

} // namespace jmrp::domain
