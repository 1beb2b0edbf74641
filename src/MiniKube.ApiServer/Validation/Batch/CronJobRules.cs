using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>CronJobs. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/</summary>
internal static class CronJobRules
{
    // A Job's name is the CronJob's with a dash and ten digits behind it.
    private const int NameLengthMax = Names.LabelLengthMax - 11;

    public static void Validate(V1CronJob job, FieldErrors errors)
    {
        if (job.Metadata.Name?.Length > NameLengthMax)
        {
            errors.Invalid("metadata.name", job.Metadata.Name, $"must be no more than {NameLengthMax} characters");
        }

        var spec = job.Spec;
        ValidateSchedule(spec, errors);
        errors.OneOf("spec.concurrencyPolicy", spec.ConcurrencyPolicy, "Allow", "Forbid", "Replace");
        errors.NotNegative("spec.startingDeadlineSeconds", spec.StartingDeadlineSeconds);
        errors.NotNegative("spec.successfulJobsHistoryLimit", spec.SuccessfulJobsHistoryLimit);
        errors.NotNegative("spec.failedJobsHistoryLimit", spec.FailedJobsHistoryLimit);
        ValidateTemplate(spec.JobTemplate.Spec, errors);
    }

    private static void ValidateTemplate(V1JobSpec template, FieldErrors errors)
    {
        const string path = "spec.jobTemplate.spec";
        if (template.Selector is not null)
        {
            errors.Invalid($"{path}.selector", "", "`selector` will be auto-generated");
        }

        if (template.ManualSelector is not null)
        {
            errors.NotSupported($"{path}.manualSelector", template.ManualSelector, ["nil"]);
        }

        JobRules.ValidateSpec(
            template with { CompletionMode = template.CompletionMode ?? "NonIndexed" }, path, errors);
    }

    private static void ValidateCron(string schedule, FieldErrors errors)
    {
        try
        {
            _ = CronSchedule.Parse(schedule);
        }
        catch (FormatException wrong)
        {
            errors.Invalid("spec.schedule", schedule, wrong.Message);
        }
    }

    private static void ValidateSchedule(V1CronJobSpec spec, FieldErrors errors)
    {
        var schedule = spec.Schedule ?? "";
        if (schedule.Length == 0)
        {
            errors.Required("spec.schedule");
        }
        else if (schedule.Contains("TZ", StringComparison.Ordinal))
        {
            errors.Invalid("spec.schedule", schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        }
        else
        {
            ValidateCron(schedule, errors);
        }

        if (spec.TimeZone is not { } zone)
        {
            return;
        }

        if (zone.Length == 0)
        {
            errors.Invalid("spec.timeZone", zone, "timeZone must be nil or non-empty string");
        }
        else if (zone.Equals("Local", StringComparison.OrdinalIgnoreCase))
        {
            errors.Invalid("spec.timeZone", zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        }
        else if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            errors.Invalid("spec.timeZone", zone, $"unknown time zone {zone}");
        }
    }
}
