using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Events: they lie beside what they are about.</summary>
internal static class EventRules
{
    private const int InstanceLengthMax = 128;
    private const int ActionLengthMax = 128;
    private const int ReasonLengthMax = 128;
    private const int MessageLengthMax = 1024;
    private const int SeriesCountMin = 2;

    /// <param name="item">The event.</param>
    /// <param name="errors">Where problems go.</param>
    /// <param name="controllerField">How the version that was sent names the field of the reporting controller.</param>
    public static void Validate(Corev1Event item, FieldErrors errors, string controllerField = "reportingComponent")
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

        ValidateReport(item, errors, controllerField);
    }

    /// <summary>What a new event of <c>events.k8s.io</c> must be besides.</summary>
    public static void ValidateNew(Corev1Event item, FieldErrors errors)
    {
        ValidateSeries(item, errors);
        if (item.EventTime is null)
        {
            errors.Required("eventTime");
        }

        if (item.Type is not ("Normal" or "Warning"))
        {
            errors.Invalid("type", "", $"has invalid value: {item.Type}");
        }

        Unset("firstTimestamp", item.FirstTimestamp is null);
        Unset("lastTimestamp", item.LastTimestamp is null);
        Unset("count", item.Count is null or 0);
        Unset("source", string.IsNullOrEmpty(item.Source?.Component) && string.IsNullOrEmpty(item.Source?.Host));

        void Unset(string path, bool isUnset)
        {
            if (!isUnset)
            {
                errors.Invalid(path, "", "needs to be unset");
            }
        }
    }

    /// <summary>What may not change in an event of <c>events.k8s.io</c>: all but its series.</summary>
    public static void ValidateChange(Corev1Event item, Corev1Event old, FieldErrors errors)
    {
        if (item.Series?.Count != old.Series?.Count || item.Series?.LastObservedTime != old.Series?.LastObservedTime)
        {
            ValidateSeries(item, errors);
        }

        errors.Immutable("involvedObject", item.InvolvedObject, old.InvolvedObject);
        errors.Immutable("reason", item.Reason, old.Reason);
        errors.Immutable("message", item.Message, old.Message);
        errors.Immutable("source", item.Source, old.Source);
        errors.Immutable("firstTimestamp", item.FirstTimestamp, old.FirstTimestamp);
        errors.Immutable("lastTimestamp", item.LastTimestamp, old.LastTimestamp);
        errors.Immutable("count", item.Count, old.Count);
        errors.Immutable("type", item.Type, old.Type);
        errors.Immutable("eventTime", item.EventTime, old.EventTime);
        errors.Immutable("action", item.Action, old.Action);
        errors.Immutable("related", item.Related, old.Related);
        errors.Immutable("reportingController", item.ReportingComponent, old.ReportingComponent);
        errors.Immutable("reportingInstance", item.ReportingInstance, old.ReportingInstance);
    }

    private static void ValidateSeries(Corev1Event item, FieldErrors errors)
    {
        if (item.Series is not { } series)
        {
            return;
        }

        if (series.Count is null or < SeriesCountMin)
        {
            errors.Invalid("series.count", "", $"should be at least {SeriesCountMin}");
        }

        if (series.LastObservedTime is null || series.LastObservedTime == default(DateTime))
        {
            errors.Required("series.lastObservedTime");
        }
    }

    // Events with an eventTime are of the newer form, which says more about who reports.
    private static void ValidateReport(Corev1Event item, FieldErrors errors, string controllerField)
    {
        if (string.IsNullOrEmpty(item.ReportingComponent))
        {
            errors.Required(controllerField);
        }
        else
        {
            errors.Invalid(controllerField, item.ReportingComponent, Names.CheckQualifiedName(item.ReportingComponent));
        }

        errors.Required("reportingInstance", item.ReportingInstance, "");
        AtMost("reportingInstance", item.ReportingInstance, InstanceLengthMax);
        errors.Required("action", item.Action, "");
        AtMost("action", item.Action, ActionLengthMax);
        errors.Required("reason", item.Reason, "");
        AtMost("reason", item.Reason, ReasonLengthMax);
        AtMost("message", item.Message, MessageLengthMax);

        void AtMost(string path, string? text, int lengthMax)
        {
            if (text?.Length > lengthMax)
            {
                errors.Invalid(path, "", $"can have at most {lengthMax} characters");
            }
        }
    }
}
