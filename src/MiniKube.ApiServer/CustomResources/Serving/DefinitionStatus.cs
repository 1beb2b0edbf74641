using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Composes the status of a CustomResourceDefinition. Pure.</summary>
internal static class DefinitionStatus
{
    public static V1CustomResourceDefinitionStatus Of(V1CustomResourceDefinition item, NamePlan plan, DateTime now)
    {
        var status = item.Status is null ? new V1CustomResourceDefinitionStatus() : ObjectJson.Copy(item.Status);
        status.AcceptedNames = plan.Names;
        status.Conditions ??= [];
        Set(status, NamePlanner.NamesAccepted, plan.IsAccepted, plan.Reason, plan.Message, now);
        if (plan.IsAccepted)
        {
            Set(status, NamePlanner.Established, true, "InitialNamesAccepted", "the initial names have been accepted", now);
        }
        else if (!NamePlanner.IsEstablished(item))
        {
            Set(status, NamePlanner.Established, false, "NotAccepted", "not all names are accepted", now);
        }

        if (DefinitionRules.IsProtected(item.Spec.Group))
        {
            Approve(status, item.Metadata.Annotations?[DefinitionRules.ApprovalAnnotation] ?? "", now);
        }

        if (item.Metadata.DeletionTimestamp is not null)
        {
            Set(status, NamePlanner.Terminating, true, "InstanceDeletionInProgress", "CustomResource deletion is in progress", now);
        }

        return status;
    }

    private static void Approve(V1CustomResourceDefinitionStatus status, string approval, DateTime now)
    {
        const string type = "KubernetesAPIApprovalPolicyConformant";
        if (approval.StartsWith("unapproved", StringComparison.Ordinal))
        {
            Set(status, type, false, "UnapprovedAnnotation", $"not approved: \"{approval}\"", now);
        }
        else
        {
            Set(status, type, true, "ApprovedAnnotation", $"approved in {approval}", now);
        }
    }

    private static void Set(
        V1CustomResourceDefinitionStatus status, string type, bool isTrue, string reason, string message, DateTime now)
    {
        var value = isTrue ? "True" : "False";
        var known = status.Conditions.FirstOrDefault(one => one.Type == type);
        if (known is null)
        {
            known = new V1CustomResourceDefinitionCondition { Type = type };
            status.Conditions.Add(known);
        }

        known.LastTransitionTime = known.Status == value ? known.LastTransitionTime ?? now : now;
        (known.Status, known.Reason, known.Message) = (value, reason, message);
    }
}
