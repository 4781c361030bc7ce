# The image brings Node itself, and its PostgreSQL is another container: so the Node and the PostgreSQL that npm would
# install as optional dependencies stay out. The version is that of the tests: package.json has it too.
FROM node:26.10.0-slim

LABEL org.opencontainers.image.title="Vestibule" \
      org.opencontainers.image.description="An OpenID Connect identity provider with a second-factor step, for companies with many customer offices" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="docker.io/library/node:26.10.0-slim"

WORKDIR /app
ENV NODE_ENV=production \
    VESTIBULE_HOST=0.0.0.0 \
    VESTIBULE_DATA_DIR=/data \
    VESTIBULE_SECRETS_FILE=/data/secrets.json

# argon2 and bcrypt ship what they have built, so that no package's script has to run.
COPY package.json package-lock.json .npmrc ./
COPY bin ./bin/
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY . .
# The server may not write here: without these copies each start would load Node's TypeScript compiler.
RUN node bin/plain-sources.js

# A new volume takes owner and mode from here.
RUN install --directory --owner=node --group=node --mode=0700 /data
VOLUME /data
USER node

EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "bin/vestibule.js", "health", "--ready"]
ENTRYPOINT ["node", "bin/vestibule.js"]
CMD ["start"]
