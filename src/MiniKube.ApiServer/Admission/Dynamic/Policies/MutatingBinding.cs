using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A mutating policy with one of its bindings, ready to be asked. Immutable, thread-safe.</summary>
internal sealed class MutatingBinding(MutatingPolicy policy, V1MutatingAdmissionPolicyBinding binding, ResourceIndex resources) : IMutator
{
    private readonly BindingCore _core = new(binding.Metadata.Name, binding.Spec.MatchResources, binding.Spec.ParamRef);

    public string Key { get; } = $"policy {policy.Core.Name} {binding.Metadata.Name}";

    public bool IsReinvocable => policy.IsReinvocable;

    public async ValueTask<MutationOutcome> MutateAsync(AdmissionSubject subject, CancellationToken cancellationToken)
    {
        try
        {
            var runs = subject.Object is null ? [] : await policy.Core.RunsAsync(subject, _core, resources.Current, cancellationToken);
            var outcome = runs.Count == 0 ? MutationOutcome.NotConcerned : MutationOutcome.Unchanged;
            foreach (var run in runs)
            {
                outcome = await ApplyAsync(run, subject, cancellationToken) ? MutationOutcome.Changed : outcome;
            }

            return outcome;
        }
        catch (PolicyProblemException) when (policy.Core.FailsOpen)
        {
            return MutationOutcome.Unchanged;
        }
        catch (PolicyProblemException problem)
        {
            var resource = subject.Definition.Gvr;
            throw new ApiException(
                StatusReason.Invalid,
                $"{resource.GroupResource} \"{subject.Name}\" is forbidden: policy '{policy.Core.Name}' with binding '{_core.Name}' "
                + $"denied request: {problem.Message}")
            {
                Subject = new Gvk(resource.Group, resource.Version, resource.Resource),
                SubjectName = subject.Name,
            };
        }
    }

    // Each mutation sees what the one before left.
    private async ValueTask<bool> ApplyAsync(PolicyRun first, AdmissionSubject subject, CancellationToken cancellationToken)
    {
        var isChanged = false;
        foreach (var mutation in policy.Mutations)
        {
            var run = await policy.Core.AgainAsync(first, subject, cancellationToken);
            var value = CelJson.Of(mutation.Evaluate(run, cancellationToken));
            try
            {
                var changed = mutation.IsPatch
                    ? JsonPatch.Apply(run.View.Object, value) as JsonObject
                    : Merged(subject, run.View, (JsonObject)value!);
                var converted = await VersionConversion.ConvertAsync(
                    changed ?? throw new PolicyProblemException("the patch leaves no object"),
                    run.View.Kind,
                    run.View.Version,
                    subject.Definition,
                    cancellationToken);
                isChanged |= subject.Change(converted!);
            }
            catch (ApiException wrong) when (wrong.Reason is StatusReason.BadRequest or StatusReason.Invalid or StatusReason.InternalError)
            {
                throw new PolicyProblemException($"error applying patch: {wrong.Message}");
            }
        }

        return isChanged;
    }

    // As server-side apply would, but that nobody owns what is set, and so nothing is taken away.
    private static JsonObject Merged(AdmissionSubject subject, AdmissionView view, JsonObject applied)
    {
        if (view.Kind != view.Version.Gvk)
        {
            throw new PolicyProblemException(
                $"an ApplyConfiguration cannot change a {view.Kind.Kind} of a subresource: use a JSONPatch");
        }

        applied["apiVersion"] = view.Kind.ApiVersion;
        applied["kind"] = view.Kind.Kind;
        var metadata = applied["metadata"] as JsonObject ?? [];
        metadata["name"] = subject.Name;
        applied["metadata"] = metadata;
        var request = new ResourceRequest(
            subject.User, Verb.Patch, view.Version, subject.Namespace, subject.Name, subject.Subresource);
        var configuration = ApplyConfiguration.Of(request, JsonText.Encode(applied));
        using var live = JsonDocument.Parse(JsonText.Encode(view.Object!));
        var merged = ApplyMerge.Merge(live.RootElement, configuration.Root, view.Version.MergeSchema, new FieldSet(), new FieldSet());
        var result = (JsonObject)JsonTree.Parse(merged)!;
        if (subject.Name.Length == 0)
        {
            (result["metadata"] as JsonObject)?.Remove("name");
        }

        return result;
    }
}
