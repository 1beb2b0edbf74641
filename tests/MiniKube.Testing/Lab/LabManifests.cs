namespace MiniKube.Testing;

/// <summary>What the tests with several machines run.</summary>
public static class LabManifests
{
    /// <summary>
    /// A web server with three replicas that keep to different nodes, behind a cluster IP and the node port 30080, each with label
    /// <c>app=web</c>.
    /// </summary>
    public const string WebOnEveryNode = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
        spec:
          replicas: 3
          selector:
            matchLabels: {app: web}
          template:
            metadata:
              labels: {app: web}
            spec:
              terminationGracePeriodSeconds: 2
              affinity:
                podAntiAffinity:
                  requiredDuringSchedulingIgnoredDuringExecution:
                    - topologyKey: kubernetes.io/hostname
                      labelSelector:
                        matchLabels: {app: web}
              containers:
                - name: web
                  image: minikube/testbox
                  imagePullPolicy: IfNotPresent
                  args: ["web", "--port", "8080"]
                  env:
                    - name: POD_NAME
                      valueFrom: {fieldRef: {fieldPath: metadata.name}}
                  ports:
                    - {name: http, containerPort: 8080}
                  readinessProbe:
                    httpGet: {path: /healthz, port: http}
                    periodSeconds: 1
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: web
        spec:
          type: NodePort
          selector: {app: web}
          ports:
            - {name: http, port: 80, targetPort: http, nodePort: 30080}
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: web-headless
        spec:
          clusterIP: None
          selector: {app: web}
          ports:
            - {name: http, port: 8080}
        """;

    /// <summary>
    /// Six pods, label <c>app=movable</c>, spread over the nodes, that leave a dead node two seconds after it is known to be dead.
    /// </summary>
    public const string Movable = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: movable
        spec:
          replicas: 6
          selector:
            matchLabels: {app: movable}
          template:
            metadata:
              labels: {app: movable}
            spec:
              terminationGracePeriodSeconds: 1
              topologySpreadConstraints:
                - maxSkew: 6
                  topologyKey: kubernetes.io/hostname
                  whenUnsatisfiable: DoNotSchedule
                  labelSelector:
                    matchLabels: {app: movable}
              tolerations:
                - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 2}
                - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 2}
              containers:
                - name: sleep
                  image: minikube/testbox
                  imagePullPolicy: IfNotPresent
                  args: ["sleep", "infinity"]
        """;

    /// <summary>A pod <c>session-NODE</c> on a node that prints what is typed to it, and ends with the first who types.</summary>
    public static string OneSession(string node) => $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: session-{{node}}
        spec:
          nodeName: {{node}}
          restartPolicy: Never
          containers:
            - name: cat
              image: minikube/testbox
              imagePullPolicy: IfNotPresent
              args: ["cat"]
              stdin: true
              stdinOnce: true
        """;

    /// <summary>A deployment <c>guest</c> of one pod that goes to a node while that node takes pods, and writes lines to its log.</summary>
    public static string GuestPreferring(string node) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: guest
        spec:
          selector:
            matchLabels: {app: guest}
          template:
            metadata:
              labels: {app: guest}
            spec:
              terminationGracePeriodSeconds: 1
              affinity:
                nodeAffinity:
                  preferredDuringSchedulingIgnoredDuringExecution:
                    - weight: 100
                      preference:
                        matchExpressions:
                          - {key: kubernetes.io/hostname, operator: In, values: [{{node}}]}
              containers:
                - name: log
                  image: minikube/testbox
                  imagePullPolicy: IfNotPresent
                  args: ["log", "--interval", "1"]
        """;
}
