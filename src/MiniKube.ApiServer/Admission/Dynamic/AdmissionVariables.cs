using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>
/// What expressions of webhooks and policies may name, in one order: the values of a request are the same for all of them, of which
/// each takes as many as it declares. Immutable.
/// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions
/// https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression
/// </summary>
internal sealed class AdmissionVariables
{
    private static readonly string[] Names = ["object", "oldObject", "request", "authorizer", "namespaceObject", "variables", "params"];

    private static readonly CelShape KindShape =
        Fields(("group", CelShape.String), ("version", CelShape.String), ("kind", CelShape.String));

    private static readonly CelShape ResourceShape =
        Fields(("group", CelShape.String), ("version", CelShape.String), ("resource", CelShape.String));

    private static readonly CelShape UserShape = Fields(
        ("username", CelShape.String),
        ("uid", CelShape.String),
        ("groups", CelShape.ListOf(CelShape.String)),
        ("extra", CelShape.MapOf(CelShape.ListOf(CelShape.String))));

    private static readonly CelShape RequestShape = Fields(
        ("kind", KindShape),
        ("resource", ResourceShape),
        ("subResource", CelShape.String),
        ("requestKind", KindShape),
        ("requestResource", ResourceShape),
        ("requestSubResource", CelShape.String),
        ("name", CelShape.String),
        ("namespace", CelShape.String),
        ("operation", CelShape.String),
        ("userInfo", UserShape),
        ("dryRun", CelShape.Bool),
        ("options", CelShape.Dynamic));

    private static readonly CelShape NamespaceShape =
        Fields(("metadata", CelShape.Dynamic), ("spec", CelShape.Dynamic), ("status", CelShape.Dynamic));

    private readonly CelEnvironment _environment;

    private AdmissionVariables(int count, bool mutates = false)
    {
        Count = count;
        _environment = new CelEnvironment(Names[..count]) { HasPatchTypes = mutates };
    }

    /// <summary>Of match conditions of webhooks.</summary>
    public static AdmissionVariables OfWebhooks { get; } = new(4);

    /// <summary>Of policies that have no parameters.</summary>
    public static AdmissionVariables OfPolicies { get; } = new(6);

    /// <summary>Of policies with parameters.</summary>
    public static AdmissionVariables OfPoliciesWithParameters { get; } = new(7);

    /// <summary>Of mutating policies that have no parameters.</summary>
    public static AdmissionVariables OfMutatingPolicies { get; } = new(6, mutates: true);

    /// <summary>Of mutating policies with parameters.</summary>
    public static AdmissionVariables OfMutatingPoliciesWithParameters { get; } = new(7, mutates: true);

    /// <summary>How many of the values an expression takes.</summary>
    public int Count { get; }

    /// <summary>Of policies.</summary>
    public static AdmissionVariables Of(bool hasParameters, bool mutates) => (hasParameters, mutates) switch
    {
        (false, false) => OfPolicies,
        (true, false) => OfPoliciesWithParameters,
        (false, true) => OfMutatingPolicies,
        _ => OfMutatingPoliciesWithParameters,
    };

    /// <exception cref="CelCompileException">It is no expression.</exception>
    public CelProgram Compile(string expression) => _environment.Compile(expression);

    /// <summary>The type of the expression's value, as far as it is known.</summary>
    /// <exception cref="CelCompileException">It is no expression, or cannot be right.</exception>
    public CelShape Check(string expression) => Check(expression, CelShape.Dynamic, CelShape.Dynamic);

    /// <summary>As the other overload, where something is known of the objects or of the policy's own variables.</summary>
    public CelShape Check(string expression, CelShape objects, CelShape own)
    {
        CelShape[] shapes = [objects, objects, RequestShape, CelShape.Dynamic, NamespaceShape, own, CelShape.Dynamic];
        return _environment.Check(expression, shapes[..Count]);
    }

    /// <summary>
    /// The variables of a policy that are named before some place in it: nothing is known of them but that they are there.
    /// </summary>
    public static CelShape Own(IEnumerable<string> names)
    {
        var known = names.ToHashSet();
        return CelShape.ObjectOf(name => known.Contains(name) ? CelShape.Dynamic : null);
    }

    private static CelShape Fields(params (string Name, CelShape Shape)[] fields)
        => CelShape.ObjectOf(name => fields.FirstOrDefault(one => one.Name == name).Shape);
}
