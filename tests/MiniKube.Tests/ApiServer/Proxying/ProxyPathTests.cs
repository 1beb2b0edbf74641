using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class ProxyPathTests
{
    [TestCase("/api/v1/namespaces/d/services/web:80/proxy", "/api/v1/namespaces/d/services/web:80/proxy", "", "")]
    [TestCase("/api/v1/namespaces/d/pods/web/proxy/", "/api/v1/namespaces/d/pods/web/proxy", "/", "")]
    [TestCase("/api/v1/nodes/n/proxy/a//b/../c%2Fd?x=%20", "/api/v1/nodes/n/proxy", "/a//b/../c%2Fd", "?x=%20")]
    [TestCase("/api/v1/namespaces/d/services/web%3A80/proxy/a/b/c/d/e/f/g/h/i/j/k", "/api/v1/namespaces/d/services/web:80/proxy",
        "/a/b/c/d/e/f/g/h/i/j/k", "")]
    public void What_lies_behind_the_proxy_stays_as_it_was_sent(string target, string resource, string rest, string query)
    {
        var path = ProxyPath.Find(target);

        Assert.That((path?.Resource, path?.Rest, path?.Query), Is.EqualTo((resource, rest, query)));
        Assert.That(path!.Prefix + path.Rest + path.Query, Is.EqualTo(target));
    }

    [TestCase("/api/v1/namespaces/d/services/web")]
    [TestCase("/api/v1/namespaces/d/configmaps/web/proxy/")]
    [TestCase("/api/v1/namespaces/d/services/web/proxyish/")]
    [TestCase("/api/v1/namespaces/d/services//proxy/")]
    [TestCase("/api/v1/namespaces/../services/web/proxy/")]
    [TestCase("/api/v1/namespaces/d/services/a%2Fb/proxy/")]
    [TestCase("/api/v1/namespaces/d/services/%2e%2e/proxy/")]
    [TestCase("http://elsewhere/api/v1/nodes/n/proxy/")]
    [TestCase("*")]
    public void Anything_else_is_no_proxy(string target) => Assert.That(ProxyPath.Find(target), Is.Null);

    [TestCase("web", false, "web", "")]
    [TestCase("web:80", false, "web", "80")]
    [TestCase("web:http", false, "web", "http")]
    [TestCase("https:web:443", true, "web", "443")]
    [TestCase("https:web:", true, "web", "")]
    [TestCase("http:web:x", false, "web", "x")]
    [TestCase(":web:x", false, "web", "x")]
    public void A_name_may_say_scheme_and_port(string text, bool isHttps, string name, string port)
        => Assert.That(ProxyName.Parse(text, "service"), Is.EqualTo(new ProxyName(isHttps, name, port)));

    [TestCase("")]
    [TestCase(":80")]
    [TestCase("ftp:web:21")]
    [TestCase("a:b:c:d")]
    public void A_name_of_another_form_is_refused(string text)
        => Assert.That(
            () => ProxyName.Parse(text, "service"),
            Throws.InstanceOf<ApiException>().With.Property("Reason").EqualTo(StatusReason.BadRequest)
                .And.Message.StartsWith($"invalid service request \"{text}\""));

    [TestCase("127.0.0.1")]
    [TestCase("0.0.0.0")]
    [TestCase("169.254.169.254")]
    [TestCase("224.0.0.1")]
    [TestCase("255.255.255.255")]
    [TestCase("::1")]
    [TestCase("fe80::1")]
    public void Addresses_of_the_server_alone_are_refused(string address)
        => Assert.That(
            () => ProxyTarget.At(isHttps: false, address, 80, nodeName: null),
            Throws.InstanceOf<ApiException>().With.Message.Contain("address not allowed"));

    [TestCase("/there?x=1", "/api/v1/nodes/n/proxy/there?x=1")]
    [TestCase("http://10.42.0.2:8080/there", "/api/v1/nodes/n/proxy/there")]
    [TestCase("https://api:6443/there", "/api/v1/nodes/n/proxy/there")]
    [TestCase("https://elsewhere/there", "https://elsewhere/there")]
    [TestCase("//elsewhere/there", "//elsewhere/there")]
    [TestCase("there", "there")]
    public void A_redirect_leads_to_where_its_target_is_seen_from_here(string location, string here)
        => Assert.That(
            ProxyHeaders.LocationHere(
                location, ProxyPath.Find("/api/v1/nodes/n/proxy/x")!, new Uri("http://10.42.0.2:8080"), host: "api:6443"),
            Is.EqualTo(here));
}
