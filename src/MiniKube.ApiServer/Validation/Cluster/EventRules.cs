using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Events: they lie beside what they are about.</summary>
internal static class EventRules
{
    private const int InstanceLengthMax = 128;

    public static void Validate(Corev1Event item, FieldErrors errors)
    {
        var about = item.InvolvedObject?.NamespaceProperty ?? "";
        var space = item.Metadata.NamespaceProperty ?? "";
        if (item.EventTime is null)
        {
            if (about.Length == 0 ? space != "default" : space != about)
            {
                errors.Invalid("involvedObject.namespace", about, "does not match event.namespace");
            }

            return;
        }

        if (about.Length == 0 && space is not ("default" or "kube-system"))
        {
            errors.Invalid("involvedObject.namespace", about, "does not match event.namespace");
        }

        ValidateReport(item, errors);
    }

    // Events with an eventTime are of the newer form, which says more about who reports.
    private static void ValidateReport(Corev1Event item, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(item.ReportingComponent))
        {
            errors.Required("reportingComponent");
        }
        else
        {
            errors.Invalid("reportingComponent", item.ReportingComponent, Names.CheckQualifiedName(item.ReportingComponent));
        }

        errors.Required("reportingInstance", item.ReportingInstance, "");
        if (item.ReportingInstance?.Length > InstanceLengthMax)
        {
            errors.Invalid("reportingInstance", "", $"can have at most {InstanceLengthMax} characters");
        }

        errors.Required("action", item.Action, "");
        errors.Required("reason", item.Reason, "");
    }
}
