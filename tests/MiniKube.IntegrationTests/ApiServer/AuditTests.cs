using System.Text;
using System.Text.Json.Nodes;
using MiniKube.ApiServer;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>What the audit log tells of requests that came over HTTPS.</summary>
public sealed class AuditTests
{
    private const string Policy = """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        rules:
        - level: RequestResponse
          omitManagedFields: true
          omitStages: [RequestReceived]
          resources: [{group: "", resources: [configmaps]}]
        - level: Metadata
          resources: [{group: "", resources: [secrets]}]
        """;

    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Test, CancelAfter(60_000)]
    public async Task Who_asked_for_what_and_what_became_of_it_is_in_the_log_when_the_server_has_ended(CancellationToken cancellationToken)
    {
        var events = await EventsOfAsync(async http =>
        {
            using var body = new StringContent(
                """{"metadata":{"name":"a"},"data":{"k":"sent"}}""", Encoding.UTF8, "application/json");
            using var created = await http.PostAsync(new Uri(ConfigMaps, UriKind.Relative), body, cancellationToken);
            using var asBob = new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/default/secrets/s?pretty=false");
            asBob.Headers.Add("Impersonate-User", "bob");
            using var refused = await http.SendAsync(asBob, cancellationToken);
            using var untold = await http.GetAsync(new Uri("/api/v1/namespaces/default/pods", UriKind.Relative), cancellationToken);
        }, cancellationToken);

        var write = events.Single(static one => one["verb"]!.ToString() == "create");
        var received = events.Single(static one => one["stage"]!.ToString() == "RequestReceived");
        var forbidden = events.Single(one => one["verb"]!.ToString() == "get" && one != received);
        Assert.That(events, Has.Length.EqualTo(3));
        Assert.That(write["stage"]!.ToString(), Is.EqualTo("ResponseComplete"));
        Assert.That(forbidden["stage"]!.ToString(), Is.EqualTo("ResponseComplete"));
        Assert.That(write["requestObject"]!["data"]!["k"]!.ToString(), Is.EqualTo("sent"));
        Assert.That(write["responseObject"]!["metadata"]!["uid"], Is.Not.Null);
        Assert.That(write["responseObject"]!["metadata"]!["managedFields"], Is.Null);
        Assert.That(write["responseStatus"]!["code"]!.GetValue<int>(), Is.EqualTo(201));
        Assert.That(write["annotations"]!["authorization.k8s.io/decision"]!.ToString(), Is.EqualTo("allow"));
        Assert.That(received["auditID"]!.ToString(), Is.EqualTo(forbidden["auditID"]!.ToString()));
        Assert.That(forbidden["impersonatedUser"]!["username"]!.ToString(), Is.EqualTo("bob"));
        Assert.That(forbidden["objectRef"]!["name"]!.ToString(), Is.EqualTo("s"));
        Assert.That(forbidden["requestURI"]!.ToString(), Does.EndWith("/secrets/s?pretty=false"));
        Assert.That(forbidden["responseStatus"]!["reason"]!.ToString(), Is.EqualTo("Forbidden"));
        Assert.That(forbidden["annotations"]!["authorization.k8s.io/decision"]!.ToString(), Is.EqualTo("forbid"));
        Assert.That(forbidden["responseObject"], Is.Null);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_policies_want_noted_and_what_they_find_is_with_the_request(CancellationToken cancellationToken)
    {
        var events = await EventsOfAsync(async http =>
        {
            const string Group = "/apis/admissionregistration.k8s.io/v1";
            await PostAsync(http, $"{Group}/validatingadmissionpolicies", """
                {"metadata":{"name":"p"},"spec":{
                  "matchConstraints":{"resourceRules":[
                    {"apiGroups":[""],"apiVersions":["v1"],"resources":["configmaps"],"operations":["CREATE"]}]},
                  "validations":[{"expression":"true"},{"expression":"object.data.k != 'bad'","message":"bad"}],
                  "auditAnnotations":[
                    {"key":"value","valueExpression":"'k is ' + object.data.k"},{"key":"none","valueExpression":"null"}]}}
                """, cancellationToken);
            foreach (var binding in new[] { "one", "two" })
            {
                await PostAsync(http, $"{Group}/validatingadmissionpolicybindings", $$$"""
                    {"metadata":{"name":"{{{binding}}}"},"spec":{"policyName":"p","validationActions":["Audit"]}}
                    """, cancellationToken);
            }

            await PostAsync(http, ConfigMaps, """{"metadata":{"name":"a"},"data":{"k":"bad"}}""", cancellationToken);
        }, cancellationToken);

        var notes = events.Single(static one => one["verb"]!.ToString() == "create")["annotations"]!.AsObject();
        var failures = JsonNode.Parse(notes["validation.policy.admission.k8s.io/validation_failure"]!.ToString())!.AsArray();
        Assert.That(notes["p/value"]!.ToString(), Is.EqualTo("k is bad"));
        Assert.That(notes, Does.Not.ContainKey("p/none"));
        Assert.That(failures.Select(static one => one!.ToJsonString()), Is.EqualTo(new[] { "one", "two" }.Select(static binding =>
            $$"""{"message":"bad","policy":"p","binding":"{{binding}}","expressionIndex":1,"validationActions":["Audit"]}""")));
    }

    /// <summary>What is in the log when the server that got the requests has ended.</summary>
    private static async Task<JsonNode[]> EventsOfAsync(Func<HttpClient, Task> requests, CancellationToken cancellationToken)
    {
        using var directory = new TemporaryDirectory();
        var policy = directory.At("policy.yaml");
        await File.WriteAllTextAsync(policy, Policy, cancellationToken);
        var log = directory.At("audit.log");
        await using (var cluster = await TestCluster.StartAsync(
            TimeProvider.System,
            options => options with { Audit = new AuditOptions { PolicyFile = policy, LogPath = log } },
            cancellationToken))
        {
            using var http = cluster.HttpClient();
            await requests(http);
        }

        return [.. (await File.ReadAllLinesAsync(log, cancellationToken)).Select(static line => JsonNode.Parse(line)!)];
    }

    private static async Task PostAsync(HttpClient http, string path, string json, CancellationToken cancellationToken)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), body, cancellationToken);
        Assert.That((int)answer.StatusCode, Is.EqualTo(201), await answer.Content.ReadAsStringAsync(cancellationToken));
    }
}
