using System.Text.Json;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// The question to a webhook and its answer. https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
/// </summary>
internal static class AdmissionReviewJson
{
    private const string Group = "admission.k8s.io";
    private const string Kind = "AdmissionReview";

    // An answer that is not v1 need not say what it is.
    private const string Strict = "v1";

    /// <summary>What a webhook is told of the request but for the objects; expressions know it as <c>request</c>.</summary>
    public static JsonObject Request(AdmissionSubject subject, AdmissionView view)
    {
        var request = new JsonObject
        {
            ["kind"] = KindOf(view.Kind),
            ["resource"] = ResourceOf(view.Version.Gvr),
            ["requestKind"] = KindOf(subject.Kind),
            ["requestResource"] = ResourceOf(subject.Definition.Gvr),
        };
        AddText(request, "subResource", subject.Subresource);
        AddText(request, "requestSubResource", subject.Subresource);
        AddText(request, "name", subject.Name);
        AddText(request, "namespace", subject.Namespace);
        request["operation"] = subject.Operation;
        request["userInfo"] = UserOf(subject.User);
        request["dryRun"] = subject.DryRun;
        request["options"] = subject.Options?.DeepClone();
        return request;
    }

    /// <summary>The whole question.</summary>
    public static byte[] Question(AdmissionSubject subject, AdmissionView view, string version, string uid)
    {
        var request = Request(subject, view);
        request["uid"] = uid;
        request["object"] = view.Object?.DeepClone();
        request["oldObject"] = view.OldObject?.DeepClone();
        return JsonText.Encode(new JsonObject
        {
            ["kind"] = Kind,
            ["apiVersion"] = $"{Group}/{version}",
            ["request"] = request,
        });
    }

    /// <summary>What a webhook says.</summary>
    /// <param name="body">What it sent.</param>
    /// <param name="version">Of the question.</param>
    /// <param name="uid">Of the question.</param>
    /// <param name="mutates">True when it may change the object.</param>
    /// <exception cref="FormatException">It is no answer to the question; the message is Kubernetes'.</exception>
    public static AdmissionAnswer Answer(byte[] body, string version, string uid, bool mutates)
    {
        var review = Parse(body);
        var response = review["response"] as JsonObject ?? throw new FormatException("webhook response was absent");
        if (version == Strict)
        {
            CheckUid(response, uid);
            CheckKind(review, version);
        }

        return new AdmissionAnswer(
            IsTrue(response["allowed"]),
            response["status"] as JsonObject ?? response["result"] as JsonObject,
            PatchOf(response, version, mutates),
            [.. (response["warnings"] as JsonArray ?? []).Select(JsonKinds.TextOf).OfType<string>()],
            [
                .. (response["auditAnnotations"] as JsonObject ?? []).Select(
                    static one => KeyValuePair.Create(one.Key, JsonKinds.TextOf(one.Value) ?? "")),
            ]);
    }

    private static JsonObject Parse(byte[] body)
    {
        try
        {
            return JsonTree.Parse(body) as JsonObject ?? throw new FormatException("the answer is no JSON object");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new FormatException($"the answer is not JSON: {broken.Message}");
        }
    }

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private static void CheckUid(JsonObject response, string uid)
    {
        var found = JsonKinds.TextOf(response["uid"]) ?? "";
        if (found != uid)
        {
            throw new FormatException($"expected response.uid=\"{uid}\", got \"{found}\"");
        }
    }

    private static void CheckKind(JsonObject review, string version)
    {
        var (apiVersion, kind) = (JsonKinds.TextOf(review["apiVersion"]) ?? "", JsonKinds.TextOf(review["kind"]) ?? "");
        if (apiVersion != $"{Group}/{version}" || kind != Kind)
        {
            throw new FormatException($"expected webhook response of {Group}/{version}, Kind={Kind}, got {apiVersion}, Kind={kind}");
        }
    }

    private static JsonArray? PatchOf(JsonObject response, string version, bool mutates)
    {
        var patch = JsonKinds.TextOf(response["patch"]) ?? "";
        var type = JsonKinds.TextOf(response["patchType"]);
        if (!mutates)
        {
            return version != Strict || (patch.Length == 0 && type is null)
                ? null
                : throw new FormatException(
                    $"validating webhook may not return response.{(patch.Length > 0 ? "patch" : "patchType")}");
        }

        if (patch.Length == 0)
        {
            return version != Strict || type is null
                ? null
                : throw new FormatException("webhook returned response.patchType but not response.patch");
        }

        if (version == Strict && type is null)
        {
            throw new FormatException("webhook returned response.patch but not response.patchType");
        }

        return type is null or "JSONPatch"
            ? ReadPatch(patch)
            : throw new FormatException($"webhook returned invalid response.patchType of \"{type}\"");
    }

    private static JsonArray ReadPatch(string base64)
    {
        try
        {
            return JsonTree.Parse(Convert.FromBase64String(base64)) as JsonArray
                ?? throw new FormatException("response.patch is no list of operations");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new FormatException($"response.patch is not JSON: {broken.Message}");
        }
    }

    private static JsonObject KindOf(Gvk kind)
        => new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };

    private static JsonObject ResourceOf(Gvr resource)
        => new() { ["group"] = resource.Group, ["version"] = resource.Version, ["resource"] = resource.Resource };

    private static JsonObject UserOf(UserInfo user)
    {
        var info = new JsonObject();
        AddText(info, "username", user.Name);
        AddText(info, "uid", user.Uid);
        info["groups"] = new JsonArray([.. user.Groups.Select(static group => JsonValue.Create(group))]);
        if (!user.Extra.IsEmpty)
        {
            info["extra"] = new JsonObject(user.Extra.Select(static one => KeyValuePair.Create<string, JsonNode?>(
                one.Key, new JsonArray([.. one.Value.Select(static value => JsonValue.Create(value))]))));
        }

        return info;
    }

    private static void AddText(JsonObject item, string name, string text)
    {
        if (text.Length > 0)
        {
            item[name] = text;
        }
    }
}

/// <summary>What a webhook says.</summary>
/// <param name="IsAllowed">False refuses the request.</param>
/// <param name="Status">Why not; null when it does not say.</param>
/// <param name="Patch">Operations on the object; null for none.</param>
/// <param name="Warnings">For whoever asked.</param>
/// <param name="AuditAnnotations">For the audit log, under the webhook's name.</param>
internal sealed record AdmissionAnswer(
    bool IsAllowed,
    JsonObject? Status,
    JsonArray? Patch,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<KeyValuePair<string, string>> AuditAnnotations);
