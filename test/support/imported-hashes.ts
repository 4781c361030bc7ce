/** The password of every hash below, unless one says another. Its first letters show whether it was hashed as UTF-8. */
export const IMPORTED_PASSWORD = "Käse-teapot-ladder-42";

export interface KnownHash {
  readonly form: string;
  readonly hash: string;
  readonly password?: string;
}

/** One hash of each form, made by the systems themselves or by other libraries than ours. */
export const KNOWN_HASHES: readonly KnownHash[] = [
  { form: "bcrypt $2a$", hash: "$2a$10$rem7G6HSG9ZiWLaDVSVERe3cHhA2N1XO/EJ6cesF8NhlmbPS22h/6" },
  { form: "bcrypt $2y$", hash: "$2y$10$TGNZvrRSP.uJYH/KOfUzo.voVAaBmw.7Z9wSQCE0S/fgmASRAkROC" },
  {
    form: "Django bcrypt",
    hash: "bcrypt$$2b$12$1/zQIeiTyjsBNPVTEAp4Tu3SXLbY3m7T6bpI1j.jFPaKUp.cE0Bai",
  },
  {
    form: "Django bcrypt_sha256",
    hash: "bcrypt_sha256$$2b$12$eRkJKz0aik8G4bkt9qxByeCkE68R6mJ9RtA/zuBerQZWZIOGJpqOy",
  },
  { form: "WordPress 6.8", hash: "$wp$2y$10$4eSev/yjpfPbaTRwdmiGT.KuSb8D3Mx8HeN.8hNIkNhZmUR4j0jgy" },
  {
    form: "Django pbkdf2_sha256",
    hash: "pbkdf2_sha256$1000000$tIc1MlwIenfEVn2lJlxxZv$dNrRK05TBOziefJ1sSlDnD9rHAtcCW4gg0nq+FN89Ek=",
  },
  {
    form: "Django pbkdf2_sha1",
    hash: "pbkdf2_sha1$1000000$m10yVUvSe53BFb6yQPpd6H$ggW3QNqCeYR/Lt49Y7oNQTWt6qU=",
  },
  {
    form: "passlib pbkdf2-sha256",
    hash: "$pbkdf2-sha256$29000$OcfYO8cYQ2jNOUfoPac0Zg$v0nsnKV5GqReykG9CO8fTNloftu5dC/cr2mx3tMH6dM",
  },
  {
    form: "passlib pbkdf2-sha512",
    hash: "$pbkdf2-sha512$25000$6723Vuo9p7R2bs0ZY0yplQ$kPkM1IKnXS6o/N4keUTivun98VZEIkRITBwEp7UpCL9d8P9gJ6DshAwznj.YC7LH2VbfBM5.DFDdLpo2SMJoyg",
  },
  {
    form: "passlib pbkdf2 of SHA-1",
    hash: "$pbkdf2$131000$r3WulbL2nlNKaY1RCsE45w$yBSDvhVGmnwucnRIscj6MJ3Dzxw",
  },
  {
    form: "PHC pbkdf2-sha512 with padding",
    hash: "$pbkdf2-sha512$i=30000$AAECAwQFBgcICQoLDA0ODw==$ZxuXQTeDL34AiGL1NycF7ktObykaWLzRdkXleOHNEDsbo/8/rZ8cnK0SRpFEX+0M9wH6us0tW1LJpmc8l1T0yQ==",
  },
  {
    form: "PHC pbkdf2-sha1 with more than one block",
    hash: "$pbkdf2-sha1$i=20000$AAECAwQFBgcICQoLDA0ODw$zGwIclCWF0nPUQB80yO/CK+NlUks150MoUVksx+EueBOivo6nS8g/klKBEzdrjs4Tn9KVCY+IRoOQsby+DbgQw",
  },
  {
    form: "Werkzeug pbkdf2",
    hash: "pbkdf2:sha256:1000$abcdEFGH12345678$5d5b09fa5b7126a7cbceab86d9ff517566614c29827d76b4dd9a81128f2f1ea6",
  },
  {
    form: "ASP.NET Identity 2",
    hash: "AAABAgMEBQYHCAkKCwwNDg8cM5VO3ZSqupXat7F3AlSQAX4ITeAU7v52X0PLQsTMPQ==",
  },
  {
    form: "ASP.NET Identity 3",
    hash: "AQAAAAIAAYagAAAAEAABAgMEBQYHCAkKCwwNDg9Ix6AfuhMp+9fU9gfVVwzISBNqxoKC2Sux3hZMabpkNg==",
  },
  {
    form: "Django scrypt",
    hash: "scrypt$16384$di277hEO5f3i86ooJML3Mn$8$5$Z4/V7BDRPYBjuJg+rkHe8Qj6AkOnxxbM6aBEoxaIC/yRvg1dNgI8HQlBRYbGCCk8Vk1bpkorQUgeJEWmE0vKkw==",
  },
  {
    form: "PHC scrypt",
    hash: "$scrypt$ln=14,r=8,p=1$CoHwvvf+H4PQGqNUau29lw$KrKyUGkxK4fjcQ4HfTfwSqB5St4OspandvxFX9cq8OU",
  },
  {
    form: "Werkzeug scrypt",
    hash: "scrypt:32768:8:1$abcdEFGH12345678$8fd30773a2493777032513907fc1796fb74394aba22171e096e43968783a8ea23faad7fd9e487c8f6f1b0e3505b02db4d49692d7947b949efc5910e27b8e4509",
  },
  {
    form: "Firebase scrypt",
    hash: "$firebase-scrypt$ln=14,r=8,sep=Bw==,key=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
    password: "user1password",
  },
  {
    form: "argon2id with other parameters",
    hash: "$argon2id$v=19$m=7168,t=5,p=1$AAECAwQFBgcICQoLDA0ODw$R4JM9UIZyMrFvpdbGVQRz1RDtD+D5V+a43PAvFpLabA",
  },
  {
    form: "argon2i",
    hash: "$argon2i$v=19$m=4096,t=3,p=1$AAECAwQFBgcICQoLDA0ODw$R/vNBHWGtsZ0UUY4JSwUfAzrl4Nu15aLuC9WIhuKQQQ",
  },
  {
    form: "Django argon2",
    hash: "argon2$argon2id$v=19$m=102400,t=2,p=8$VlZVQ1hwelVzRTAzNGJjbVdVdndnRA$IjUNvDQUh8ht7CyA5ebpQ/WbPKBpAQ8WTwk+FpMQhMk",
  },
  { form: "phpass $P$", hash: "$P$9HTZKlePgRWdlzJ7XMf/oSlCF4QLAi." },
  { form: "phpass $H$", hash: "$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", password: "test12345" },
];
