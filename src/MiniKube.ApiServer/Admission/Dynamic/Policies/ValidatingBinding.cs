using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A validating policy with one of its bindings, ready to be asked. Immutable, thread-safe.</summary>
internal sealed class ValidatingBinding(ValidatingPolicy policy, V1ValidatingAdmissionPolicyBinding binding, ResourceIndex resources)
    : IValidator
{
    private readonly BindingCore _core = new(binding.Metadata.Name, binding.Spec.MatchResources, binding.Spec.ParamRef);
    private readonly string[] _actions = [.. binding.Spec.ValidationActions ?? []];

    public async ValueTask ValidateAsync(AdmissionSubject subject, CancellationToken cancellationToken)
    {
        ApiException? refusal = null;
        foreach (var violation in await policy.EvaluateAsync(subject, _core, resources.Current, cancellationToken))
        {
            if (_actions.Contains("Audit"))
            {
                subject.Notes.Fail(policy.Core.Name, _core.Name, violation, _actions);
            }

            if (_actions.Contains("Warn"))
            {
                subject.Warn($"Validation failed for ValidatingAdmissionPolicy '{policy.Core.Name}' with binding '{_core.Name}': "
                    + violation.Message);
            }

            if (_actions.Contains("Deny") || violation.IsProblem)
            {
                refusal ??= Refusal(subject, violation);
            }
        }

        if (refusal is not null)
        {
            throw refusal;
        }
    }

    private ApiException Refusal(AdmissionSubject subject, PolicyViolation violation)
    {
        var message = $"ValidatingAdmissionPolicy '{policy.Core.Name}' with binding '{_core.Name}' denied request: {violation.Message}";
        var resource = subject.Definition.Gvr;
        var reason = violation.Reason switch
        {
            "Forbidden" => StatusReason.Forbidden,
            "RequestEntityTooLarge" => StatusReason.RequestEntityTooLarge,
            _ => StatusReason.Invalid,
        };
        return new ApiException(reason, $"{resource.GroupResource} \"{subject.Name}\" is forbidden: {message}")
        {
            Subject = new Gvk(resource.Group, resource.Version, resource.Resource),
            SubjectName = subject.Name,
            Causes = [new FieldError("", "", message)],
        };
    }
}
