using System.Text;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Validation;

/// <summary>What kinds with few rules accept, refuse, and keep as it was created.</summary>
public sealed class KindRulesTests
{
    private const string Template = """ "template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}} """;
    private const string Pods = """ "template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"i"}]}} """;

    private static readonly TestCaseData[] Accepted =
    [
        Case("jobs", """{"spec":{~JOB~}}"""),
        Case("jobs", """{"spec":{"completions":3,"parallelism":3,"completionMode":"Indexed","backoffLimitPerIndex":1,~JOB~}}"""),
        Case("cronjobs", """{"spec":{"schedule":"*/5 * * * *","jobTemplate":{"spec":{~JOB~}}}}"""),
        Case("cronjobs", """{"spec":{"schedule":"@hourly","timeZone":"Europe/Berlin","jobTemplate":{"spec":{~JOB~}}}}"""),
        Case("cronjobs", """{"spec":{"schedule":"@every 1h30m","jobTemplate":{"spec":{~JOB~}}}}"""),
        Case("replicationcontrollers", """{"spec":{~PODS~}}"""),
        Case("podtemplates", """{~PODS~}"""),
        Case("ingresses", """{"spec":{"rules":[{"host":"*.a.io","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"s","port":{"name":"web"}}}}]}}]}}"""),
        Case("ingresses", """{"spec":{"ingressClassName":"nginx","defaultBackend":{"resource":{"apiGroup":"a.io","kind":"Bucket","name":"b"}}}}"""),
        Case("ingressclasses", """{"spec":{"controller":"example.com/ingress","parameters":{"kind":"P","name":"p"}}}"""),
        Case("networkpolicies", """{"spec":{"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.1.0.0/16"]}}],"ports":[{"port":80,"endPort":90}]}]}}"""),
        Case("priorityclasses", """{"value":1000}"""),
        Case("runtimeclasses", """{"handler":"runc","overhead":{"podFixed":{"cpu":"10m"}}}"""),
        Case("storageclasses", """{"provisioner":"example.com/nfs","parameters":{"a":"b"}}"""),
        Case("persistentvolumes", """{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/data"}}}"""),
        Case("persistentvolumeclaims", """{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}"""),
        Case("csidrivers", "{}"),
        Case("csinodes", """{"spec":{"drivers":[{"name":"d","nodeID":"n"}]}}"""),
        Case("csistoragecapacities", """{"storageClassName":"fast","capacity":"10Gi"}"""),
        Case("volumeattachments", """{"spec":{"attacher":"d","nodeName":"n","source":{"persistentVolumeName":"pv"}}}"""),
        Case("limitranges", """{"spec":{"limits":[{"type":"Container","max":{"cpu":"2"},"min":{"cpu":"100m"}}]}}"""),
        Case("resourcequotas", """{"spec":{"hard":{"pods":"10","requests.cpu":"4","count/deployments.apps":"2"},"scopes":["NotTerminating"]}}"""),
        Case("horizontalpodautoscalers", """{"spec":{"maxReplicas":5,"scaleTargetRef":{"kind":"Deployment","name":"d"}}}"""),
    ];

    private static readonly TestCaseData[] Refused =
    [
        Case("jobs", """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}}}""",
            "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\""),
        Case("jobs", """{"spec":{"completionMode":"Indexed","parallelism":1,~JOB~}}""",
            "spec.completions: Required value: when completion mode is Indexed"),
        Case("jobs", """{"spec":{"podFailurePolicy":{"rules":[{"action":"FailJob"}]},~JOB~}}""",
            "spec.podFailurePolicy.rules[0]: Invalid value: \"\": specifying one of OnExitCodes and OnPodConditions is required"),
        Case("cronjobs", """{"spec":{"schedule":"TZ=UTC 0 0 * * *","jobTemplate":{"spec":{~JOB~}}}}""",
            "spec.schedule: Invalid value: \"TZ=UTC 0 0 * * *\": cannot use TZ or CRON_TZ in schedule, use timeZone field instead"),
        Case("cronjobs", """{"spec":{"schedule":"@every soon","jobTemplate":{"spec":{~JOB~}}}}""",
            "spec.schedule: Invalid value: \"@every soon\": failed to parse duration @every soon: time: invalid duration \"soon\""),
        Case("cronjobs", """{"spec":{"schedule":"0 0 * * *","timeZone":"Mars/North","jobTemplate":{"spec":{~JOB~}}}}""",
            "spec.timeZone: Invalid value: \"Mars/North\": unknown time zone Mars/North"),
        Case("ingresses", "{}", "spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"),
        Case("ingresses",
            """{"spec":{"rules":[{"host":"10.0.0.1","http":{"paths":[{"path":"a","pathType":"Exact","backend":{"service":{"name":"s"}}}]}}]}}""",
            "spec.rules[0].host: Invalid value: \"10.0.0.1\": must be a DNS name, not an IP address; "
            + "spec.rules[0].http.paths[0].path: Invalid value: \"a\": must be an absolute path; "
            + "spec.rules[0].http.paths[0].backend.service: Required value: port name or number is required"),
        Case("ingressclasses", """{"spec":{"controller":"plain"}}""",
            "spec.controller: Invalid value: \"plain\": must be a domain-prefixed path (such as \"acme.io/foo\")"),
        Case("networkpolicies", """{"spec":{"egress":[{"to":[{}],"ports":[{"port":"web","endPort":9}]}]}}""",
            "spec.egress[0].ports[0].endPort: Invalid value: 9: must not be specified when `port` is non-numeric; "
            + "spec.egress[0].to[0]: Required value: must specify a peer"),
        Case("networkpolicies", """{"spec":{"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/24","except":["10.1.0.0/24"]}}]}]}}""",
            "spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: \"10.1.0.0/24\": must be a strict subset of `cidr`"),
        Case("priorityclasses", """{"value":1000000001}""",
            "value: Forbidden: maximum allowed value of a user defined priority is 1000000000"),
        Case("runtimeclasses", """{"handler":"Not Good"}""", "handler: Invalid value: \"Not Good\": " + Label),
        Case("storageclasses", """{"reclaimPolicy":"Keep"}""",
            "provisioner: Required value; reclaimPolicy: Unsupported value: \"Keep\": supported values: \"Delete\", \"Retain\""),
        Case("persistentvolumes", """{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"]}}""",
            "spec: Required value: must specify a volume type"),
        Case("persistentvolumes", """{"spec":{"capacity":{"storage":"0"},"accessModes":["Always"],"local":{"path":"/d"}}}""",
            "spec.accessModes: Unsupported value: \"Always\": supported values: \"ReadOnlyMany\", \"ReadWriteMany\", \"ReadWriteOnce\", "
            + "\"ReadWriteOncePod\"; spec.capacity[storage]: Invalid value: \"0\": must be greater than zero; "
            + "spec.nodeAffinity: Required value: Local volume requires node affinity"),
        Case("persistentvolumeclaims", "{}",
            "spec.accessModes: Required value: at least 1 access mode is required; spec.resources[storage]: Required value"),
        Case("csinodes", """{"spec":{"drivers":[{"name":"d","nodeID":"n"},{"name":"d","nodeID":"m"}]}}""",
            "spec.drivers[1].name: Duplicate value: \"d\""),
        Case("volumeattachments", """{"spec":{"attacher":"d","nodeName":"n"}}""",
            "spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName"),
        Case("limitranges", """{"spec":{"limits":[{"type":"Pod","max":{"cpu":"1"},"min":{"cpu":"2"}}]}}""",
            "spec.limits[0].min[cpu]: Invalid value: \"2\": min value 2 is greater than max value 1"),
        Case("limitranges", """{"spec":{"limits":[{"type":"Shop"}]}}""",
            "spec.limits[0].type: Invalid value: \"Shop\": must be a standard limit type or fully qualified"),
        Case("resourcequotas", """{"spec":{"hard":{"pods":"-1","shoes":"1"},"scopes":["BestEffort","NotBestEffort"]}}""",
            "spec.hard[pods]: Invalid value: \"-1\": must be greater than or equal to 0; "
            + "spec.hard[shoes]: Invalid value: \"shoes\": must be a standard resource for quota; "
            + "spec.scopes: Invalid value: [\"BestEffort\",\"NotBestEffort\"]: conflicting scopes"),
        Case("horizontalpodautoscalers", """{"spec":{"minReplicas":3,"maxReplicas":2,"scaleTargetRef":{"kind":"Deployment"}}}""",
            "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`; spec.scaleTargetRef.name: Required value"),
        Case("replicationcontrollers", """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}}}""",
            "spec.selector: Required value"),
    ];

    private static readonly TestCaseData[] Kept =
    [
        Case("storageclasses", """{"provisioner":"a","parameters":{"x":"1"}}""", """{"provisioner":"a","parameters":{"x":"2"}}""",
            "parameters: Forbidden: updates to parameters are forbidden."),
        Case("storageclasses", """{"provisioner":"a"}""", """{"provisioner":"a","allowVolumeExpansion":true}""", ""),
        Case("priorityclasses", """{"value":1}""", """{"value":2}""", "value: Forbidden: may not be changed in an update."),
        Case("runtimeclasses", """{"handler":"a"}""", """{"handler":"b"}""", "handler: Invalid value: \"b\": field is immutable"),
        Case("jobs", """{"spec":{"completions":2,~JOB~}}""", """{"spec":{"completions":3,~JOB~}}""",
            "spec.completions: Invalid value: 3: field is immutable"),
        Case("jobs", """{"spec":{"completions":2,~JOB~}}""", """{"spec":{"completions":2,"parallelism":9,~JOB~}}""", ""),
        Case("persistentvolumeclaims",
            """{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""",
            """{"spec":{"accessModes":["ReadWriteMany"],"resources":{"requests":{"storage":"1Gi"}}}}""",
            "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"),
        Case("persistentvolumeclaims",
            """{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""",
            """{"spec":{"accessModes":["ReadWriteOnce"],"volumeName":"pv","resources":{"requests":{"storage":"1Gi"}}}}""", ""),
        Case("persistentvolumes",
            """{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/a"}}}""",
            """{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/b"}}}""",
            "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation"),
    ];

    private static string Label => Names.CheckDnsLabel("Not Good")[0];

    [TestCaseSource(nameof(Accepted))]
    public void A_good_object_is_accepted(string resource, string json) => Assert.That(Problems(resource, json), Is.Empty);

    [TestCaseSource(nameof(Refused))]
    public void A_bad_object_is_refused_with_every_problem(string resource, string json, string problems)
        => Assert.That(Problems(resource, json), Is.EqualTo(problems));

    [TestCaseSource(nameof(Kept))]
    public void What_may_not_change_stays(string resource, string before, string after, string problems)
    {
        var kind = Kind(resource);
        var (old, changed) = (Decode(kind, before), Decode(kind, after));
        var errors = new FieldErrors();

        kind.PrepareForUpdate(changed, old);
        kind.ValidateUpdate(changed, old, errors);

        Assert.That(string.Join("; ", errors.Found), Is.EqualTo(problems));
    }

    [Test]
    public void A_jobs_pods_are_told_by_its_uid()
    {
        var job = (V1Job)Decode(Kind("jobs"), """{"metadata":{"name":"a","uid":"u-1"},"spec":{~JOB~}}""");

        Assert.That(job.Spec.Selector.MatchLabels.Single(), Is.EqualTo(KeyValuePair.Create("batch.kubernetes.io/controller-uid", "u-1")));
        Assert.That(job.Spec.Template.Metadata.Labels["job-name"], Is.EqualTo("a"));
        Assert.That(job.Metadata.Labels, Is.EqualTo(job.Spec.Template.Metadata.Labels));
    }

    [Test]
    public void Limits_of_containers_fill_each_other_in()
    {
        var range = (V1LimitRange)Decode(Kind("limitranges"),
            """{"metadata":{"name":"a"},"spec":{"limits":[{"type":"Container","max":{"cpu":"2"},"min":{"memory":"1Mi"}}]}}""");

        var item = range.Spec.Limits.Single();
        Assert.That(item.DefaultProperty["cpu"].ToString(), Is.EqualTo("2"));
        Assert.That(item.DefaultRequest["cpu"].ToString(), Is.EqualTo("2"));
        Assert.That(item.DefaultRequest["memory"].ToString(), Is.EqualTo("1Mi"));
    }

    private static TestCaseData Case(params object[] arguments) => new(arguments);

    private static string Problems(string resource, string json)
    {
        var kind = Kind(resource);
        var errors = new FieldErrors();
        kind.Validate(Decode(kind, json), errors);
        return string.Join("; ", errors.Found);
    }

    private static ResourceDefinition Kind(string resource) => ResourceCatalog.BuiltIn.First(kind => kind.Gvr.Resource == resource);

    private static IKubernetesObject<V1ObjectMeta> Decode(ResourceDefinition kind, string json)
    {
        var text = json.Replace("~JOB~", Template, StringComparison.Ordinal).Replace("~PODS~", Pods, StringComparison.Ordinal);
        var item = StrictDecoder.Decode(kind, Encoding.UTF8.GetBytes(text), FieldValidation.Strict).Item;
        item.Metadata ??= new V1ObjectMeta { Name = "a" };
        kind.ApplyDefaults(item);
        kind.PrepareForCreate(item);
        return item;
    }
}
