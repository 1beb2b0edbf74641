using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// What is written to the audit log: the first rule that matches says; what none matches is not told. The file is that of
/// kube-apiserver. https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy
/// </summary>
internal sealed class AuditPolicy(ImmutableArray<AuditRule> rules)
{
    public AuditVerdict Decide(in AuditSubject subject)
    {
        foreach (var rule in rules)
        {
            if (rule.Matches(subject))
            {
                return rule.Verdict;
            }
        }

        return AuditVerdict.None;
    }

    /// <exception cref="AuditPolicyException">It is no policy; one line that says where.</exception>
    public static AuditPolicy Read(string file)
    {
        try
        {
            return Parse(YamlBody.ToJson(File.ReadAllBytes(file)).Span);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException
            or ApiException or InvalidOperationException or FormatException)
        {
            throw new AuditPolicyException(
                $"the audit policy {file} cannot be used: {unreadable.Message.ReplaceLineEndings(" ")}", unreadable);
        }
    }

    internal static AuditPolicy Parse(ReadOnlySpan<byte> json)
    {
        var policy = JsonNode.Parse(json) as JsonObject ?? throw new FormatException("it is no object");
        ThrowIfUnknown(policy, "", "apiVersion", "kind", "metadata", "rules", "omitStages", "omitManagedFields");
        if (Text(policy, "apiVersion") != "audit.k8s.io/v1" || Text(policy, "kind") != "Policy")
        {
            throw new FormatException("it is not of apiVersion audit.k8s.io/v1, kind Policy");
        }

        var stages = Stages(policy, "");
        var omits = policy["omitManagedFields"]?.GetValue<bool>() ?? false;
        var rules = policy["rules"] as JsonArray ?? [];
        return rules.Count == 0
            ? throw new FormatException("it has no rules")
            : new AuditPolicy([.. rules.Select((rule, at) => RuleOf(rule as JsonObject, $"rules[{at}].", stages, omits))]);
    }

    private static AuditRule RuleOf(JsonObject? rule, string path, IEnumerable<AuditStage> stages, bool omitsManagedFields)
    {
        if (rule is null)
        {
            throw new FormatException($"{path.TrimEnd('.')} is no object");
        }

        ThrowIfUnknown(
            rule,
            path,
            ["level", "users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs", "omitStages", "omitManagedFields"]);
        var level = One<AuditLevel>(Text(rule, "level"), $"{path}level");
        var made = new AuditRule(new AuditVerdict(
            level, stages.Concat(Stages(rule, path)).ToHashSet(), rule["omitManagedFields"]?.GetValue<bool>() ?? omitsManagedFields))
        {
            Users = Texts(rule, "users"),
            Groups = Texts(rule, "userGroups"),
            Verbs = Texts(rule, "verbs"),
            Namespaces = Texts(rule, "namespaces"),
            Paths = Texts(rule, "nonResourceURLs"),
            Resources = [.. (rule["resources"] as JsonArray ?? []).OfType<JsonObject>().Select(one =>
            {
                ThrowIfUnknown(one, $"{path}resources.", "group", "resources", "resourceNames");
                return new AuditResources(Text(one, "group"), Texts(one, "resources"), Texts(one, "resourceNames"));
            })],
        };
        return made.Paths.IsEmpty || (made.Resources.IsEmpty && made.Namespaces.IsEmpty)
            ? made
            : throw new FormatException($"{path}nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs");
    }

    private static IEnumerable<AuditStage> Stages(JsonObject owner, string path)
        => [.. Texts(owner, "omitStages").Select(text => One<AuditStage>(text, $"{path}omitStages"))];

    private static T One<T>(string text, string path)
        where T : struct, Enum
        => Enum.GetNames<T>().Contains(text)
            ? Enum.Parse<T>(text)
            : throw new FormatException(
                $"{path}: Unsupported value: \"{text}\": supported values: \"{string.Join("\", \"", Enum.GetNames<T>())}\"");

    private static string Text(JsonObject owner, string name) => owner[name]?.GetValue<string>() ?? "";

    private static ImmutableArray<string> Texts(JsonObject owner, string name)
        => [.. (owner[name] as JsonArray ?? []).Select(static one => one?.GetValue<string>() ?? "")];

    private static void ThrowIfUnknown(JsonObject owner, string path, params ReadOnlySpan<string> known)
    {
        foreach (var (name, _) in owner)
        {
            if (!known.Contains(name))
            {
                throw new FormatException($"it has an unknown field {path}{name}");
            }
        }
    }
}

/// <summary>The policy file cannot be used. The message is for the person who starts the server.</summary>
public sealed class AuditPolicyException(string message, Exception? inner = null) : Exception(message, inner);
